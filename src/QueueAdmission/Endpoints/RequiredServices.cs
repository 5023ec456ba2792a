using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QueueAdmission;

/// <summary>
/// Checks the services that <c>UseQueuedAdmission</c> needs. A host has all of them. An application builder without a
/// host may lack some.
/// </summary>
internal static class RequiredServices
{
    /// <exception cref="InvalidOperationException">
    /// Services are missing. The message names all of them, and the calls that add them.
    /// </exception>
    public static void ThrowIfMissing(IServiceProvider services)
    {
        List<string> missing = [];
        if (services.GetService<EndpointDataSource>() is null)
        {
            missing.Add("routing, without which there are no endpoints to queue: call services.AddRouting()");
        }
        // The queues come from AddQueuedAdmission, or are found through the host. One of the two is required.
        var isAdded = services.GetService<IServiceProviderIsService>()?.IsService(typeof(JobQueueRegistry)) == true;
        if (!isAdded && services.GetService<IHostApplicationLifetime>() is null)
        {
            missing.Add("the queues, which are found automatically only in a host: call services.AddQueuedAdmission()");
        }
        if (missing.Count > 0)
        {
            throw new InvalidOperationException(
                $"UseQueuedAdmission cannot start, because services are missing: {string.Join("; and ", missing)}.");
        }
    }
}
