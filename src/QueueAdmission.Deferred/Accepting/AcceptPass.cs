using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>
/// One pass of a request through its endpoint that ends in storing it. The last filter of the endpoint finds it among
/// the features of the request.
/// </summary>
/// <remarks>
/// What the pass holds is given back by <see cref="End"/>, which the flow calls that began the pass. It does not look
/// the pass up in the context again.
/// </remarks>
internal sealed class AcceptPass(
    DeferredJobs jobs,
    DeferredQueueState state,
    QueuedEndpoint endpoint,
    DeferTerms terms,
    CapturedBody body,
    IQueueRejectionFeature? rejection)
{
    private Task<AcceptAnswer>? _storing;
    private int _hasSlot = 1;

    /// <summary>Stores the request. A second call gives the same answer.</summary>
    public Task<AcceptAnswer> StoreAsync(HttpContext context) => _storing ??= StoreOnceAsync(context);

    /// <summary>Answers a request that cannot be deferred.</summary>
    public Task RefuseAsync(HttpContext context, RejectionReason reason) =>
        RefuseAsync(context, jobs, endpoint, reason, rejection);

    /// <summary>
    /// Answers a request that cannot be deferred. If its queue has rejected it before, it is answered for that reason.
    /// </summary>
    public static Task RefuseAsync(
        HttpContext context, DeferredJobs jobs, QueuedEndpoint endpoint, RejectionReason reason, IQueueRejectionFeature? rejection)
    {
        jobs.Metrics.CountRefused(endpoint.Queue.Name, reason.ToWireName());
        return rejection is null
            ? endpoint.RejectAsync(context, reason)
            : endpoint.RejectAsync(context, rejection.Reason, rejection.RetryAfter);
    }

    public void End()
    {
        ReturnSlot();
        body.Dispose();
    }

    private async Task<AcceptAnswer> StoreOnceAsync(HttpContext context)
    {
        if (jobs.Access.Protector is not { } protector)
        {
            return new AcceptAnswer(this, RejectionReason.DeferredUnavailable);
        }
        var queue = endpoint.Queue;
        var job = Describe(context, protector);
        // From here on no code of the application runs, and what waits for the store is bounded there.
        ReturnSlot();
        return await jobs.Intake.AcceptAsync(job) switch
        {
            null => new AcceptAnswer(this, RejectionReason.DeferredUnavailable),
            { Status: JobAcceptanceStatus.Accepted } accepted => new AcceptAnswer(accepted.Id, state.EstimateWait(), accepted.Position),
            { Status: JobAcceptanceStatus.QueueFull } => new AcceptAnswer(this, RejectionReason.DeferredFull),
            var other => throw new UnreachableException($"The store answered {other} for a job without a key."),
        };
    }

    private AcceptedJob Describe(HttpContext context, JobProtector protector)
    {
        var now = jobs.Time.GetUtcNow();
        var traits = endpoint.ReadTraits(context);
        var id = JobId.Create(now, CallerIdentity.HashOf(context.User));
        var request = Capture(context, id, now, traits);
        return new AcceptedJob
        {
            Id = id,
            Queue = endpoint.Queue.Name,
            Route = request.Route.ToString(),
            Payload = protector.ProtectRequest(RequestCodec.Write(request)),
            AcceptedAt = now,
            MaxWaiting = endpoint.Queue.GetSetting(DeferredSettings.MaxWaiting),
            SequenceKey = SequenceKeyOf(context),
            Priority = traits.Priority,
            Weight = traits.Weight,
        };
    }

    private StoredRequest Capture(HttpContext context, Guid id, DateTimeOffset now, in JobTraits traits)
    {
        var (request, connection, activity) = (context.Request, context.Connection, Activity.Current);
        return new StoredRequest
        {
            Id = id,
            Route = RouteTable.IdentityOf(context.GetEndpoint(), request.Method),
            Method = request.Method,
            Protocol = request.Protocol,
            Scheme = request.Scheme,
            Host = request.Host.Value ?? "",
            PathBase = request.PathBase.Value ?? "",
            Path = request.Path.Value ?? "",
            QueryString = request.QueryString.Value ?? "",
            RouteValues = [.. request.RouteValues.Select(static value =>
                KeyValuePair.Create(value.Key, value.Value is null ? null : Convert.ToString(value.Value, CultureInfo.InvariantCulture)))],
            Headers = StoredHeaders.OfRequest(request.Headers, terms.Headers, jobs.Options.Headers),
            User = context.User,
            Body = body.Bytes,
            HasBody = body.Exists,
            Culture = CultureInfo.CurrentCulture.Name,
            UICulture = CultureInfo.CurrentUICulture.Name,
            TraceParent = activity is { IdFormat: ActivityIdFormat.W3C } ? activity.Id : null,
            TraceState = activity?.TraceStateString,
            RemoteAddress = connection.RemoteIpAddress,
            RemotePort = connection.RemotePort,
            LocalAddress = connection.LocalIpAddress,
            LocalPort = connection.LocalPort,
            AcceptedAt = now,
            Key = traits.Key,
            KeyShare = traits.KeyShare,
        };
    }

    private byte[]? SequenceKeyOf(HttpContext context) =>
        terms.Options.SequentialBy?.Invoke(context) is { Length: > 0 } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    private void ReturnSlot()
    {
        if (Interlocked.Exchange(ref _hasSlot, 0) == 1)
        {
            state.Slots.Return();
        }
    }
}
