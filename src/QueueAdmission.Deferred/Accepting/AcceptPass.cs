using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>
/// The pass of a request through its endpoint that ends with storing the request. The last filter of the endpoint finds
/// this object among the features of the request.
/// </summary>
/// <remarks>
/// <see cref="End"/> releases everything that the pass holds. The code that began the pass calls it, and does not need
/// to look the pass up in the context again.
/// </remarks>
internal sealed class AcceptPass(
    DeferredJobs jobs,
    DeferredQueueState state,
    QueuedEndpoint endpoint,
    DeferTerms terms,
    CapturedBody body,
    long receivedAt,
    IQueueRejectionFeature? rejection)
{
    private Task<AcceptAnswer>? _storing;
    private OutcomeWait? _wait;
    private int _hasSlot = 1;

    /// <summary>Stores the request. Further calls return the same answer.</summary>
    public Task<AcceptAnswer> StoreAsync(HttpContext context) => _storing ??= StoreOnceAsync(context);

    /// <summary>Answers a request that cannot be deferred.</summary>
    public Task RefuseAsync(HttpContext context, RejectionReason reason) =>
        RefuseAsync(context, jobs, endpoint, reason, rejection);

    /// <summary>
    /// Answers a request that cannot be deferred. If the queue had already rejected the request, the answer gives that
    /// reason.
    /// </summary>
    public static Task RefuseAsync(
        HttpContext context,
        DeferredJobs jobs,
        QueuedEndpoint endpoint,
        RejectionReason reason,
        IQueueRejectionFeature? rejection)
    {
        jobs.Metrics.CountRefused(endpoint.Queue.Name, reason.ToWireName());
        return rejection is null
            ? endpoint.RejectAsync(context, reason)
            : endpoint.RejectAsync(context, rejection.Reason, rejection.RetryAfter);
    }

    public void End()
    {
        ReturnSlot();
        _wait?.Dispose();
        body.Dispose();
    }

    private async Task<AcceptAnswer> StoreOnceAsync(HttpContext context)
    {
        if (jobs.Access.Protector is not { } protector)
        {
            return new RefusedAnswer(this, RejectionReason.DeferredUnavailable);
        }
        var owner = CallerIdentity.HashOf(context.User);
        if (ReadKey(context, owner, out var key) is { } problem)
        {
            jobs.Metrics.CountRefused(endpoint.Queue.Name, "idempotency_key");
            return problem;
        }
        var job = Describe(context, protector, owner, key);
        var preference = WaitPreference.Of(context, endpoint.Queue, terms, wasRejected: rejection is not null);
        BeginWait(context, job.Id, preference);
        // From here on, no code of the application runs. The intake separately limits the requests that wait for the
        // store.
        ReturnSlot();
        var acceptance = await jobs.Intake.AcceptAsync(job);
        body.Dispose();
        switch (acceptance)
        {
            case null:
                return new RefusedAnswer(this, RejectionReason.DeferredUnavailable);
            case { Status: JobAcceptanceStatus.QueueFull }:
                return new RefusedAnswer(this, RejectionReason.DeferredFull);
            case { Status: JobAcceptanceStatus.KeyReused }:
                jobs.Metrics.CountRefused(endpoint.Queue.Name, "idempotency_key_reused");
                return KeyProblemAnswer.Reused;
            case { Id: var id, Position: var position }:
                if (id != job.Id)
                {
                    // The request is a repetition. Its outcome is that of the earlier request, which may have ended
                    // long ago.
                    _wait?.MoveTo(id);
                }
                return new AcceptedAnswer(jobs, id, position, state.EstimateWait(), preference, _wait);
        }
    }

    /// <summary>Reads the key that identifies repetitions of the request.</summary>
    /// <returns>The problem of the key, or null if there is none.</returns>
    private KeyProblemAnswer? ReadKey(HttpContext context, byte[] owner, out string? key)
    {
        key = null;
        if (terms.Options.IdempotencyKey == IdempotencyKeyUse.Ignored)
        {
            return null;
        }
        var header = context.Request.Headers[IdempotencyKey.Header];
        if (header.Count == 0)
        {
            return terms.Options.IdempotencyKey == IdempotencyKeyUse.Required ? KeyProblemAnswer.Missing : null;
        }
        if (!StructuredString.TryRead(header, out key) || key.Length == 0)
        {
            return KeyProblemAnswer.Malformed;
        }
        return owner.Length == 0 && key.Length < IdempotencyKey.MinAnonymousLength ? KeyProblemAnswer.TooShort : null;
    }

    /// <summary>
    /// Begins to wait for the outcome before the job is stored, so that the end of the job cannot be missed. If too
    /// many requests wait already, the request gets its 202 at once.
    /// </summary>
    private void BeginWait(HttpContext context, Guid id, WaitPreference? preference)
    {
        // The client counts from the time at which it sent the request.
        var left = (preference?.Time ?? TimeSpan.Zero) - jobs.Time.GetElapsedTime(receivedAt);
        if (left > TimeSpan.Zero
            && state.OutcomeSlots.TryTake(endpoint.Queue.GetSetting(DeferredSettings.MaxPreferWaiters)))
        {
            _wait = jobs.Outcomes.Wait(id, left, state.OutcomeSlots);
            // Releases the body, so that no memory is held for it while the request waits.
            context.Request.Body = Stream.Null;
        }
    }

    private AcceptedJob Describe(HttpContext context, JobProtector protector, byte[] owner, string? key)
    {
        var now = jobs.Time.GetUtcNow();
        var traits = endpoint.ReadTraits(context);
        var id = JobId.Create(now, owner);
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
            IdempotencyKey = key is null ? null : IdempotencyKey.HashOf(owner, request.Route, key),
            Fingerprint = key is null ? null : IdempotencyKey.FingerprintOf(request, key),
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
            RouteValues = [.. request.RouteValues.Select(static value => KeyValuePair.Create(
                value.Key,
                value.Value is null ? null : Convert.ToString(value.Value, CultureInfo.InvariantCulture)))],
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
        terms.Options.SequentialBy?.Invoke(context) is { Length: > 0 } key
            ? SHA256.HashData(Encoding.UTF8.GetBytes(key))
            : null;

    private void ReturnSlot()
    {
        if (Interlocked.Exchange(ref _hasSlot, 0) == 1)
        {
            state.AcceptingSlots.Return();
        }
    }
}
