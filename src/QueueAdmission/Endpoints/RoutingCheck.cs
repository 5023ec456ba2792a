using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>What one entrance tells the watch that looks for requests which pass none.</summary>
/// <param name="watch">The watch of the application.</param>
/// <param name="isInBranch">Whether only some requests come to the entrance, so that one that does proves nothing about the others.</param>
internal sealed class RoutingCheck(PassageWatch watch, bool isInBranch)
{
    /// <summary>Whether requests with an endpoint have to be told of.</summary>
    public bool IsOpen => watch.IsOn;

    /// <summary>A request with this endpoint has come.</summary>
    /// <returns>The endpoint to go on with.</returns>
    public Endpoint Pass(HttpContext context, Endpoint endpoint)
    {
        endpoint = PassageWatch.Pass(context, endpoint);
        if (!isInBranch)
            watch.Settle();
        return endpoint;
    }
}
