using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Deferred.Doubles;

internal static class OnlyControllersExtensions
{
    /// <summary>Lets an application have some of the controllers of this assembly.</summary>
    public static IMvcBuilder Only(this IMvcBuilder builder, params Type[] controllers) =>
        builder.ConfigureApplicationPartManager(parts =>
        {
            parts.ApplicationParts.Clear();
            parts.ApplicationParts.Add(new AssemblyPart(typeof(OnlyControllersExtensions).Assembly));
            parts.FeatureProviders.Clear();
            parts.FeatureProviders.Add(new OnlyControllers(controllers));
        });
}
