using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QueueAdmission;

/// <summary>What <c>UseQueuedAdmission</c> needs of the container. A host has it all; a builder that was made by hand may not.</summary>
internal static class RequiredServices
{
    /// <exception cref="InvalidOperationException">With everything that is missing, and how to add it.</exception>
    public static void ThrowIfMissing(IServiceProvider services)
    {
        List<string> missing = [];
        if (services.GetService<EndpointDataSource>() is null)
            missing.Add("routing, without which there are no endpoints to queue: call services.AddRouting()");
        // Without either there is nothing that the queues of the application could be found by.
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(JobQueueRegistry)) != true && services.GetService<IHostApplicationLifetime>() is null)
            missing.Add("the queues, which it finds by itself only in a host: call services.AddQueuedAdmission()");
        if (missing.Count > 0)
            throw new InvalidOperationException($"UseQueuedAdmission cannot start, because services are missing. They are {string.Join("; and ", missing)}.");
    }
}
