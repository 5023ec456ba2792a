using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>
/// The descriptions of the requests of one endpoint: one object for each HTTP method, created on first use. A waiting
/// request holds only a reference to its description.
/// </summary>
/// <remarks>
/// All methods that are not standard methods share one description. Otherwise a client could create any number of
/// descriptions by inventing methods.
/// </remarks>
internal sealed class JobDescriptions(Endpoint endpoint)
{
    private const string Other = "other";

    private static readonly string[] Methods =
    [
        HttpMethods.Get, HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete, HttpMethods.Patch, HttpMethods.Head,
        HttpMethods.Options, HttpMethods.Connect, HttpMethods.Trace, Other,
    ];

    // The text is kept and not the endpoint, because this object must not keep the endpoint alive.
    private readonly string _route = RouteOf(endpoint);
    private readonly JobDescription?[] _byMethod = new JobDescription?[Methods.Length];

    public JobDescription For(string method)
    {
        var index = 0;
        while (index < Methods.Length - 1 && !HttpMethods.Equals(Methods[index], method))
        {
            index++;
        }
        // Two requests may create the description at the same time. Both objects are equal, so either may stay.
        return _byMethod[index] ??= new JobDescription(Methods[index], _route);
    }

    private static string RouteOf(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.RawText: { Length: > 0 } pattern }
            ? pattern.StartsWith('/') ? pattern : $"/{pattern}"
            : EndpointChecks.NameOf(endpoint);
}
