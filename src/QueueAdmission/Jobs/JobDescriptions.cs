using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>The descriptions of one endpoint's requests: one object for each method, made when it is needed first, so that a waiting request carries a reference and nothing more.</summary>
/// <remarks>Methods that HTTP does not define share one description: a client can invent as many as it likes.</remarks>
internal sealed class JobDescriptions(Endpoint endpoint)
{
    private const string Other = "other";

    private static readonly string[] Methods =
    [
        HttpMethods.Get, HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete, HttpMethods.Patch, HttpMethods.Head, HttpMethods.Options, HttpMethods.Connect, HttpMethods.Trace, Other,
    ];

    // Not the endpoint: what is decided about an endpoint does not keep it alive.
    private readonly string _route = RouteOf(endpoint);
    private readonly JobDescription?[] _byMethod = new JobDescription?[Methods.Length];

    public JobDescription For(string method)
    {
        var index = 0;
        while (index < Methods.Length - 1 && !HttpMethods.Equals(Methods[index], method))
            index++;
        // Two requests may make it at once; both make the same.
        return _byMethod[index] ??= new JobDescription(Methods[index], _route);
    }

    private static string RouteOf(Endpoint endpoint) => endpoint is RouteEndpoint { RoutePattern.RawText: { Length: > 0 } pattern }
        ? pattern.StartsWith('/') ? pattern : $"/{pattern}"
        : EndpointChecks.NameOf(endpoint);
}
