using System.Reflection;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;

namespace QueueAdmission.Deferred.Doubles;

/// <summary>Lets an application have some of the controllers of this assembly.</summary>
internal sealed class OnlyControllers(params Type[] controllers) : IApplicationFeatureProvider<ControllerFeature>
{
    public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) =>
        Array.ForEach(controllers, controller => feature.Controllers.Add(controller.GetTypeInfo()));
}
