using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Reports the requests that reach one entrance to the <see cref="PassageWatch"/>.</summary>
/// <param name="watch">The watch of the application.</param>
/// <param name="isInBranch">
/// Whether only some requests reach the entrance. A request there proves nothing about other requests.
/// </param>
internal sealed class RoutingCheck(PassageWatch watch, bool isInBranch)
{
    /// <summary>Whether requests with an endpoint have to be reported.</summary>
    public bool IsOpen => watch.IsOn;

    /// <summary>Reports a request that has reached the entrance.</summary>
    /// <returns>The endpoint that applies to the request from now on.</returns>
    public Endpoint Pass(HttpContext context, Endpoint endpoint)
    {
        endpoint = PassageWatch.Pass(context, endpoint);
        if (!isInBranch)
        {
            watch.Settle();
        }
        return endpoint;
    }
}
