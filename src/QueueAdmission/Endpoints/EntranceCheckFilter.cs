using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>
/// Checks that endpoints which name a queue run behind <c>UseQueuedAdmission</c>. The check also runs if
/// <c>UseQueuedAdmission</c> is never called.
/// </summary>
/// <remarks>
/// A pipeline is built from its last component to its first. This filter adds the first component, so the check runs
/// after all other components have been built.
/// </remarks>
internal sealed class EntranceCheckFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(pipeline =>
        {
            if (app.ApplicationServices.GetService<EndpointDataSource>() is { } source)
            {
                EndpointChecks.ThrowIfAny(Entrances.Of(source).Check(app.ApplicationServices));
            }
            return pipeline;
        });
        next(app);
    };
}
