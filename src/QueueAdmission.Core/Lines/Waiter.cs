using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace QueueAdmission;

/// <summary>
/// A job that waits in a partition, and at the same time the pooled source of the <see cref="ValueTask"/> that its
/// caller awaits.
/// </summary>
/// <remarks>
/// <para><b>Two views.</b> As a source of <see cref="Admission"/>, a wait always has a result. One of the results is
/// that the job has left. As a source of <see cref="QueueLease"/>, such a wait is cancelled. A task made of it is
/// cancelled and not faulted, so it has no unobserved exception.</para>
/// <para><b>Blocking.</b> <c>EnterAsync().Result</c> blocks until the queue has decided, as on a <see cref="Task"/>.
/// The contract of value tasks leaves that undefined. An exception instead would leave a job in line that no code
/// awaits. With its turn, a worker would be lost.</para>
/// <para><b>Completion.</b> Everything up to the completion is guarded by the queue's lock. <see cref="Complete"/> is
/// called once, outside the lock, by the flow that moved <see cref="Status"/> away from waiting. The caller resumes on
/// the thread pool, or on the context on which it awaits, and never inside <see cref="Complete"/>.</para>
/// <para><b>Reuse.</b> Only the awaiting flow ends a waiter's life, in <see cref="GetResult"/>. A callback of a token
/// that is under way still holds this object. So the waiter may serve again only if no callback can come any more. That
/// is so in two cases. There was no registration: none was asked for, or the callback ran inside <c>UnsafeRegister</c>,
/// and both leave <c>default</c>. Or <c>Unregister</c> returned true. Otherwise the garbage collector takes the object.
/// A reuse without this check would let the token of one job cancel the next job in the same object.</para>
/// <para><b>Size.</b> <c>ManualResetValueTaskSourceCore</c> would keep an error and a captured context of its own: 16
/// bytes more for every parked request.</para>
/// </remarks>
internal sealed class Waiter : IValueTaskSource<Admission>, IValueTaskSource<QueueLease>
{
    private static readonly Action<object?> Completed = static _ => Debug.Fail("The completion mark is never invoked.");

    private Action<object?>? _continuation;
    private object? _continuationState;
    private CancellationTokenRegistration _registration;

    /// <summary>The line in which it waits or waited.</summary>
    public Line Line = null!;

    /// <summary>
    /// Neighbours in the partition. Outside of a line, <see cref="Next"/> links lists of granted or pooled waiters.
    /// </summary>
    public Waiter? Next;
    public Waiter? Previous;

    /// <summary>Neighbours in the order of arrival over all partitions.</summary>
    public Waiter? Older;
    public Waiter? Younger;

    /// <summary>
    /// The moment of arrival, while the job waits; afterwards the time waited. Both in ticks of the clock.
    /// </summary>
    public long Time;

    /// <summary>
    /// The number of waiters before it on arrival, while the job waits. After a refusal, the seconds after which to
    /// retry. In the pool, the depth of the pool.
    /// </summary>
    public int Detail;

    /// <summary>
    /// The <see cref="JobRecord"/> of the job, or only its mark for lists, or null.
    /// </summary>
    public object? JobState;

    public short Version;
    public AdmissionStatus Status;

    // The reason of a refusal, and the mark of a pushed job, which would cost another word as a field of its own.
    private byte _reason;
    private const byte PushedMark = 0x80;

    public JobRecord? Job => JobState as JobRecord;

    /// <summary>The mark of the job for lists of waiting jobs.</summary>
    public object? Tag => JobState is JobRecord job ? job.Tag : JobState;

    /// <summary>Whether the job was pushed, so that no caller waits for it in its own flow.</summary>
    public bool IsPushed
    {
        get => (_reason & PushedMark) != 0;
        set => _reason = (byte)(value ? _reason | PushedMark : _reason & ~PushedMark);
    }

    /// <summary>The partition it waits or waited in, from 0.</summary>
    public int PartitionIndex => Job?.Partition?.Index ?? Line.Index;

    public void Reject(RejectionReason reason, int retryAfterSeconds)
    {
        Debug.Assert(Status == AdmissionStatus.Waiting);
        Status = AdmissionStatus.Rejected;
        _reason = (byte)((_reason & PushedMark) | (byte)reason);
        Detail = retryAfterSeconds;
    }

    /// <summary>
    /// Leaves the line when <paramref name="token"/> is cancelled. Called by the arriving flow, outside the lock,
    /// before it awaits.
    /// </summary>
    public void LeaveOn(CancellationToken token)
    {
        if (token.CanBeCanceled)
            _registration = token.UnsafeRegister(
                static state => ((Waiter)state!).Line.Owner.Abandon((Waiter)state!), this);
    }

    /// <summary>
    /// Whether the token was already cancelled when <see cref="LeaveOn"/> registered for it. Then the waiter does not
    /// know the token, and its caller has to put it into the exception.
    /// </summary>
    public bool LeftOnArrival => _registration == default && Status == AdmissionStatus.Abandoned;

    /// <summary>
    /// Wakes the caller. Afterwards the waiter may already serve another job, so it must not be used.
    /// </summary>
    public void Complete()
    {
        var continuation = Interlocked.Exchange(ref _continuation, Completed);
        if (continuation is not null)
            Resume(continuation, _continuationState);
    }

    private bool IsCompleted => ReferenceEquals(Volatile.Read(ref _continuation), Completed);

    public ValueTaskSourceStatus GetStatus(short token)
    {
        ThrowIfStale(token);
        return IsCompleted ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    ValueTaskSourceStatus IValueTaskSource<QueueLease>.GetStatus(short token)
    {
        ThrowIfStale(token);
        // The completion is read first: the status was written before it, and does not change after it.
        return !IsCompleted ? ValueTaskSourceStatus.Pending
            : Status == AdmissionStatus.Abandoned ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Succeeded;
    }

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        ThrowIfStale(token);
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0
            && ExecutionContext.Capture() is { } context)
            (continuation, state) = CapturedContext.WithExecutionContext(context, continuation, state);
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0
            && CapturedContext.Capture(continuation, state) is { } captured)
            state = captured;

        // The state of a continuation that is registered already belongs to the flow that awaits.
        if (Volatile.Read(ref _continuation) is null)
            _continuationState = state;
        // A second caller goes on as well, and learns from GetResult that it is one too many. An exception here would
        // end the process: that is what async methods do with an exception of OnCompleted.
        if (Register(continuation) is not null)
            Resume(continuation, state);
    }

    public Admission GetResult(short token)
    {
        ThrowIfStale(token);
        if (!IsCompleted)
            BlockUntilCompleted();
        var admission = Admission.AfterWaiting(
            Status, (byte)(_reason & ~PushedMark), Detail, Time, Job is { Workers: > 0 } held ? held : null);
        var (owner, partition) = (Line.Owner, PartitionIndex);
        EndOfLife();
        owner.ReportWait(admission, partition);
        return admission;
    }

    QueueLease IValueTaskSource<QueueLease>.GetResult(short token)
    {
        var owner = Line.Owner;
        var cancelledBy = _registration.Token;
        var admission = GetResult(token);
        return admission.Status == AdmissionStatus.Abandoned
            ? throw new OperationCanceledException(cancelledBy)
            : owner.Lease(admission);
    }

    /// <summary>Makes a pooled waiter ready for its next job.</summary>
    public void Reset()
    {
        _continuation = null;
        Status = AdmissionStatus.Waiting;
        _reason = 0;
    }

    private void EndOfLife()
    {
        var registration = _registration;
        _registration = default;
        unchecked
        {
            Version++;
        }
        _continuationState = null;
        JobState = null;
        if (registration == default || registration.Unregister())
            Line.Owner.Recycle(this);
    }

    private void ThrowIfStale(short token)
    {
        if (token != Version)
            throw AwaitedTwice();
    }

    /// <returns>What was registered before, which is then left as it is; null if that was nothing.</returns>
    private Action<object?>? Register(Action<object?> continuation) =>
        Interlocked.CompareExchange(ref _continuation, continuation, null);

    private void BlockUntilCompleted()
    {
        var caller = new BlockedCaller();
        var previous = Register(caller.GoOn);
        if (previous is null)
            caller.Task.Wait();
        else if (!ReferenceEquals(previous, Completed))
            throw AwaitedTwice();
    }

    private static InvalidOperationException AwaitedTwice() => new("A queue's ValueTask may be awaited only once.");

    private static void Resume(Action<object?> continuation, object? state)
    {
        // At once: the pool may have no thread left, because its threads are those that are blocked.
        if (continuation.Target is BlockedCaller)
            continuation(state);
        else if (state is CapturedContext elsewhere)
            elsewhere.Resume();
        else
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: true);
    }
    /// <summary>A caller that does not await but blocks.</summary>
    /// <remarks>A task, because it may be given up while the thread that completes it is still at work on it.</remarks>
    private sealed class BlockedCaller : TaskCompletionSource
    {
        public void GoOn(object? state) => SetResult();
    }
}
