using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>The request timeouts of endpoints, found as the framework's request-timeout middleware finds them.</summary>
internal sealed class EndpointTimeouts(IServiceProvider services)
{
    private readonly RequestTimeoutOptions? _options = services.GetService<IOptions<RequestTimeoutOptions>>()?.Value;

    /// <returns>
    /// Null if nothing limits the requests of this endpoint, or if it names a policy that does not exist: the framework's middleware reports that.
    /// </returns>
    public TimeSpan? Of(Endpoint endpoint)
    {
        var metadata = endpoint.Metadata;
        if (metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null)
            return null;
        TimeSpan? timeout;
        if (metadata.GetMetadata<RequestTimeoutPolicy>() is { } own)
            timeout = own.Timeout;
        else if (metadata.GetMetadata<RequestTimeoutAttribute>() is { } attribute)
            timeout = attribute.Timeout ?? PolicyOf(attribute)?.Timeout;
        else
            timeout = _options?.DefaultPolicy?.Timeout;
        // The framework takes −1 ms for no limit, and fails with anything else below zero, which is for its middleware to report.
        return timeout < TimeSpan.Zero ? null : timeout;
    }

    private RequestTimeoutPolicy? PolicyOf(RequestTimeoutAttribute attribute) =>
        attribute.PolicyName is { } name && _options is not null && _options.Policies.TryGetValue(name, out var policy) ? policy : null;
}
