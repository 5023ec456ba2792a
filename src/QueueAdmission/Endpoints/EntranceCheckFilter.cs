using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>Checks when the pipeline is complete, also where <c>UseQueuedAdmission</c> is called nowhere, that endpoints which name a queue are behind it.</summary>
/// <remarks>A pipeline is built from the last component to the first. What comes first here is built when all others are.</remarks>
internal sealed class EntranceCheckFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(pipeline =>
        {
            if (app.ApplicationServices.GetService<EndpointDataSource>() is { } source)
                EndpointChecks.ThrowIfAny(Entrances.Of(source).Check(app.ApplicationServices));
            return pipeline;
        });
        next(app);
    };
}
