using System.Diagnostics;
using Microsoft.AspNetCore.Http.Timeouts;

namespace QueueAdmission.Deferred;

/// <summary>Cancels an attempt that takes longer than the timeout of its endpoint.</summary>
/// <remarks>
/// The request timeout middleware does not run here. The timeout is chosen as the middleware chooses it: from
/// <c>WithRequestTimeout</c>, <c>[RequestTimeout]</c>, the policy that they name, or the default policy.
/// </remarks>
internal sealed class RunTimeout : IHttpRequestTimeoutFeature, IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly ITimer _timer;

    private RunTimeout(TimeSpan time, TimeProvider clock, CancellationTokenSource aborted) =>
        _timer = clock.CreateTimer(
            _ =>
            {
                IsOver = true;
                Aborting.Cancel(_over);
                Aborting.Cancel(aborted);
            },
            state: null, time, Timeout.InfiniteTimeSpan);

    public bool IsOver { get; private set; }

    public CancellationToken RequestTimeoutToken => _over.Token;

    /// <returns>The timeout, or null if the endpoint has none or a debugger is attached.</returns>
    public static RunTimeout? Start(ReplayRun run, RequestTimeoutOptions options, CancellationTokenSource aborted) =>
        // Like in the middleware, there is no timeout while a debugger is attached.
        !Debugger.IsAttached && TimeOf(run, options) is { } time && time != Timeout.InfiniteTimeSpan
            ? new RunTimeout(time, run.Time, aborted)
            : null;

    public void DisableTimeout() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    // The token source is not disposed, because a handler may have kept the token. Without a timer it holds no
    // resources.
    public void Dispose() => _timer.Dispose();

    private static TimeSpan? TimeOf(ReplayRun run, RequestTimeoutOptions options)
    {
        var metadata = run.Endpoint.Metadata;
        if (metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null)
        {
            return null;
        }
        if (metadata.GetMetadata<RequestTimeoutPolicy>() is { } policy)
        {
            return policy.Timeout;
        }
        if (metadata.GetMetadata<RequestTimeoutAttribute>() is not { } attribute)
        {
            return options.DefaultPolicy?.Timeout;
        }
        if (attribute.Timeout is not null)
        {
            return attribute.Timeout;
        }
        // The middleware refuses an unknown policy name, so no such request is accepted. Without the middleware, policy
        // names have no effect.
        return attribute.PolicyName is { } name && options.Policies.TryGetValue(name, out var named)
            ? named.Timeout
            : null;
    }
}
