namespace QueueAdmission.Simulation;

/// <summary>A job of a history: it enters the real queue, and has a twin in the reference.</summary>
/// <remarks>
/// If the engine decides at once, the job knows its fate at once. If the engine resumes a flow on the thread pool, the
/// job waits for that flow.
/// </remarks>
internal abstract class DrivenJob(ReferenceJob twin, CancellationTokenSource? canceller)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public ReferenceJob Twin { get; } = twin;

    public CancellationTokenSource? Canceller { get; } = canceller;

    protected CancellationToken Token => Canceller?.Token ?? CancellationToken.None;

    /// <summary>Sends the job into the queue.</summary>
    public abstract void Arrive(JobQueue queue);

    /// <summary>
    /// Returns the fate of the job in the real queue. If a flow has to report the fate, the method waits for the
    /// expected one.
    /// </summary>
    public abstract Fate Observe(Fate expected);

    /// <summary>Ends the running job.</summary>
    public abstract void Finish(bool throwing);

    /// <summary>Ends the job a second time, if the entrance allows this.</summary>
    public virtual void FinishAgain()
    {
    }

    protected static void Await(Task task)
    {
        if (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Patience))
            throw new HistoryException("A flow that should have been resumed was not.");
    }

    protected static Fate FateOf(Rejection rejection)
    {
        if (rejection.RetryAfter < TimeSpan.FromSeconds(1) || rejection.RetryAfter > TimeSpan.FromSeconds(60)
            || rejection.RetryAfter.Milliseconds != 0)
            throw new HistoryException($"Retry-after is {rejection.RetryAfter}.");
        return Enum.Parse<Fate>(rejection.Reason.ToString());
    }
}

internal sealed class EnteringJob(ReferenceJob twin, CancellationTokenSource? canceller, bool mayWait) : DrivenJob(
    twin, canceller)
{
    private ValueTask<QueueLease> _entering;
    private QueueLease _lease;
    private Fate _fate;

    public bool MayWait => mayWait;

    public override void Arrive(JobQueue queue) =>
        _entering = mayWait ? queue.EnterAsync(Token) : new(queue.TryEnter());

    public override Fate Observe(Fate expected)
    {
        if (_fate != Fate.Waiting || !_entering.IsCompleted)
            return _fate;
        try
        {
            _lease = _entering.GetAwaiter().GetResult();
            _fate = _lease.IsAdmitted ? Fate.Running : FateOf(_lease.Rejection!.Value);
        }
        catch (OperationCanceledException exception)
        {
            _fate = exception.CancellationToken == Token
                ? Fate.Abandoned
                : throw new HistoryException("Cancelled by the token of another job.");
        }
        return _fate;
    }

    public override void Finish(bool throwing)
    {
        _lease.Dispose();
        _fate = Fate.Ran;
    }

    public override void FinishAgain() => _lease.Dispose();
}

/// <summary>
/// A background job. It counts as arrived only when it starts. Until then, no counter includes its refusal or its
/// leaving.
/// </summary>
internal sealed class BackgroundJob(ReferenceJob twin, CancellationTokenSource? canceller, double minShare)
    : DrivenJob(twin, canceller)
{
    private ValueTask<QueueLease> _entering;
    private QueueLease _lease;
    private Fate _fate;

    public override void Arrive(JobQueue queue) =>
        _entering = queue.EnterBackgroundAsync(new JobTraits { Weight = Twin.Weight }, minShare, Token);

    public override Fate Observe(Fate expected)
    {
        if (_fate != Fate.Waiting || !_entering.IsCompleted)
            return _fate;
        if (_entering.IsCanceled)
            return _fate = Fate.Abandoned;
        _lease = _entering.GetAwaiter().GetResult();
        return _fate = _lease.IsAdmitted ? Fate.Running : FateOf(_lease.Rejection!.Value);
    }

    public override void Finish(bool throwing)
    {
        _lease.Dispose();
        _fate = Fate.Ran;
    }

    public override void FinishAgain() => _lease.Dispose();
}

internal abstract class GatedJob(ReferenceJob twin, CancellationTokenSource? canceller) : DrivenJob(twin, canceller)
{
    private readonly TaskCompletionSource _started = new();
    private readonly TaskCompletionSource _gate = new();

    protected Exception? Thrown { get; private set; }

    protected abstract Task End { get; }

    public sealed override Fate Observe(Fate expected)
    {
        if (expected == Fate.Running)
            Await(_started.Task);
        else if (expected != Fate.Waiting)
            Await(End);
        return End.IsCompleted ? FateAtEnd() : _started.Task.IsCompleted ? Fate.Running : Fate.Waiting;
    }

    public sealed override void Finish(bool throwing)
    {
        if (throwing)
            _gate.SetException(Thrown = new InvalidOperationException($"job {Twin.Number}"));
        else
            _gate.SetResult();
        Await(End);
    }

    protected abstract Fate FateAtEnd();

    protected Task Work(CancellationToken cancellationToken)
    {
        _started.SetResult();
        return _gate.Task;
    }

    protected Fate Same(Exception? exception) =>
        ReferenceEquals(exception, Thrown)
            ? Fate.Ran
            : throw new HistoryException($"The job threw {Thrown?.Message}, and {exception} arrived.");
}

internal sealed class RunningJob(ReferenceJob twin, CancellationTokenSource? canceller) : GatedJob(twin, canceller)
{
    private Task _end = Task.CompletedTask;

    protected override Task End => _end;

    public override void Arrive(JobQueue queue) => _end = queue.RunAsync(Work, Token);

    protected override Fate FateAtEnd() => _end.IsCanceled
        ? Fate.Abandoned
        : _end.Exception?.InnerException is JobRejectedException rejected ? FateOf(rejected.Rejection) : Same(
            _end.Exception?.InnerException);
}

internal sealed class PushedJob(ReferenceJob twin, CancellationTokenSource? canceller) : GatedJob(twin, canceller)
{
    private Task<JobOutcome> _end = null!;

    protected override Task End => _end;

    public override void Arrive(JobQueue queue) => _end = queue.Push(Work, Token).Completion;

    protected override Fate FateAtEnd() => _end.GetAwaiter().GetResult() switch
    {
        { Status: JobStatus.Cancelled } => Fate.Abandoned,
        { Status: JobStatus.Rejected, Rejection: { } rejection } => FateOf(rejection),
        var outcome => Same(outcome.Exception),
    };
}

internal sealed class HistoryException(string message) : Exception(message);
