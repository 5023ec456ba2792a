using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>Finds the request timeout of an endpoint by the same rules as the framework's middleware.</summary>
internal sealed class EndpointTimeouts(IServiceProvider services)
{
    private readonly RequestTimeoutOptions? _options = services.GetService<IOptions<RequestTimeoutOptions>>()?.Value;

    /// <returns>
    /// The timeout. Null if nothing limits the requests of this endpoint, or if the endpoint names a policy that does
    /// not exist. The framework's middleware reports a missing policy.
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
        // For the framework, −1 ms means no limit. With any other negative value, the framework's middleware throws.
        return timeout < TimeSpan.Zero ? null : timeout;
    }

    private RequestTimeoutPolicy? PolicyOf(RequestTimeoutAttribute attribute) =>
        attribute.PolicyName is { } name
        && _options is not null
        && _options.Policies.TryGetValue(name, out var policy)
            ? policy
            : null;
}
