namespace QueueAdmission.Stores.Contract;

/// <summary>Copies jobs and related values, with some properties changed.</summary>
internal static class Copies
{
    public static AcceptedJob With(
        this AcceptedJob job,
        Guid? id = null,
        string? queue = null,
        byte[]? payload = null,
        long? maxWaiting = null,
        JobPriority? priority = null,
        bool hasSequence = true,
        bool hasIdempotency = true,
        bool hasFingerprint = true,
        byte[]? idempotencyKey = null) => new()
        {
            Id = id ?? job.Id,
            Queue = queue ?? job.Queue,
            Route = job.Route,
            Payload = payload ?? job.Payload,
            AcceptedAt = job.AcceptedAt,
            MaxWaiting = maxWaiting ?? job.MaxWaiting,
            SequenceKey = hasSequence ? job.SequenceKey : null,
            Priority = priority ?? job.Priority,
            Weight = job.Weight,
            IdempotencyKey = hasIdempotency ? idempotencyKey ?? job.IdempotencyKey : null,
            Fingerprint = hasFingerprint ? job.Fingerprint : null,
        };

    public static JobImport With(
        this JobImport import,
        string? source = null,
        long? after = null,
        IReadOnlyList<ImportedJob>? jobs = null,
        Func<AcceptedJob, AcceptedJob>? change = null) => new()
        {
            Source = source ?? import.Source,
            After = after ?? import.After,
            Last = import.Last,
            Jobs = change is null
                ? jobs ?? import.Jobs
                : [.. (jobs ?? import.Jobs).Select(job => job with { Job = change(job.Job) })],
        };

    public static JobEnd With(
        this JobEnd end, JobEndKind? kind = null, TimeSpan? delay = null, long? claim = null, bool hasResult = true) =>
        new()
        {
            Id = end.Id,
            Queue = end.Queue,
            Claim = claim ?? end.Claim,
            Kind = kind ?? end.Kind,
            Result = hasResult ? end.Result : null,
            Delay = delay ?? end.Delay,
            Reason = end.Reason,
        };

    public static ClaimedJob With(this ClaimedJob job, int weight) => new()
    {
        Id = job.Id,
        Queue = job.Queue,
        Route = job.Route,
        Payload = job.Payload,
        AcceptedAt = job.AcceptedAt,
        Priority = job.Priority,
        Weight = weight,
        Attempt = job.Attempt,
        Claim = job.Claim,
    };

    public static StoredJob With(
        this StoredJob job, DateTimeOffset? acceptedAt = null, bool hasPayload = true, long? ahead = null) => new()
        {
            Id = job.Id,
            Queue = job.Queue,
            Route = job.Route,
            State = job.State,
            AcceptedAt = acceptedAt ?? job.AcceptedAt,
            Attempts = job.Attempts,
            Payload = hasPayload ? job.Payload : null,
            Result = job.Result,
            Reason = job.Reason,
            EndedAt = job.EndedAt,
            Ahead = ahead ?? job.Ahead,
        };

    public static JobAdvance With(
        this JobAdvance advance,
        IReadOnlyList<bool>? ends = null,
        IReadOnlyList<ClaimedJob>? jobs = null,
        TimeSpan? nextDue = null) => new()
        {
            Ends = ends ?? advance.Ends,
            Jobs = jobs ?? advance.Jobs,
            NextDue = nextDue ?? advance.NextDue,
        };
}
