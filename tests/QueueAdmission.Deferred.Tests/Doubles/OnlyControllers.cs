using System.Reflection;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Deferred.Doubles;

/// <summary>Restricts an application to some of the controllers in this assembly.</summary>
internal static class OnlyControllers
{
    public static IMvcBuilder Only(this IMvcBuilder builder, params Type[] controllers) =>
        builder.ConfigureApplicationPartManager(parts =>
        {
            parts.ApplicationParts.Clear();
            parts.ApplicationParts.Add(new AssemblyPart(typeof(OnlyControllers).Assembly));
            parts.FeatureProviders.Clear();
            parts.FeatureProviders.Add(new Provider(controllers));
        });

    private sealed class Provider(Type[] controllers) : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) =>
            Array.ForEach(controllers, controller => feature.Controllers.Add(controller.GetTypeInfo()));
    }
}
