using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace QueueAdmission;

/// <summary>
/// A waiting job. The same pooled object is the source of the <see cref="ValueTask"/> that the job's caller awaits.
/// </summary>
/// <remarks>
/// <para><b>Two interfaces.</b> As a source of <see cref="Admission"/>, a wait always has a result. One possible result
/// is that the caller has left. As a source of <see cref="QueueLease"/>, the wait is cancelled in this case. A task
/// created from it is cancelled and not faulted, so there is no unobserved exception.</para>
/// <para><b>Blocking.</b> <c>EnterAsync().Result</c> blocks until the queue has decided, as for a <see cref="Task"/>.
/// The contract of value tasks leaves this behaviour undefined. If an exception were thrown instead, the job would
/// still be in line, but no code would await it. At its turn, it would get a worker that is never released.</para>
/// <para><b>Completion.</b> Until completion, the fields are guarded by the queue's lock. The thread that has changed
/// <see cref="Status"/> calls <see cref="Complete"/> once, outside the lock. The caller resumes on the thread pool, on
/// the context on which it awaits, or on the thread that it blocks. It never resumes inside
/// <see cref="Complete"/>.</para>
/// <para><b>Reuse.</b> Only the awaiting flow ends the use of a waiter, in <see cref="GetResult"/>. A cancellation
/// callback that is still running has a reference to this object. The object may therefore be reused only if no
/// callback can follow. Otherwise, the token of one job could cancel the next job in the same object.</para>
/// <para>There are two such cases. In the first, the registration is <c>default</c>: there was no token, or the
/// callback ran inside <c>UnsafeRegister</c>. In the second, <c>Unregister</c> returned true. In all other cases, the
/// object is left to the garbage collector.</para>
/// <para><b>Size.</b> <c>ManualResetValueTaskSourceCore</c> is not used, because it also stores an exception and a
/// captured context. That would take 16 more bytes for each waiting request.</para>
/// </remarks>
internal sealed class Waiter : IValueTaskSource<Admission>, IValueTaskSource<QueueLease>
{
    private static readonly Action<object?> Completed = static _ => Debug.Fail("The completion mark is never invoked.");

    private Action<object?>? _continuation;
    private object? _continuationState;
    private CancellationTokenRegistration _registration;

    /// <summary>The line in which the job waits or waited.</summary>
    public Line Line = null!;

    /// <summary>
    /// The waiter's neighbours in its line. Outside a line, <see cref="Next"/> links the waiters of a
    /// <see cref="WakeList"/> or of the <see cref="WaiterPool"/>.
    /// </summary>
    public Waiter? Next;
    public Waiter? Previous;

    /// <summary>The waiter's neighbours in the order of arrival over all partitions.</summary>
    public Waiter? Older;
    public Waiter? Younger;

    /// <summary>
    /// While the job waits, the time of its arrival. Afterwards, the duration of the wait. Both are in ticks of the
    /// clock.
    /// </summary>
    public long Time;

    /// <summary>
    /// While the job waits and after a grant, the number of jobs that were waiting when it arrived. After a refusal,
    /// the number of seconds after which to retry. In the pool, the number of waiters from this one to the bottom of
    /// the stack.
    /// </summary>
    public int Detail;

    /// <summary>The <see cref="JobRecord"/> of the job, or only its <see cref="Tag"/>, or null.</summary>
    public object? JobState;

    public short Version;
    public AdmissionStatus Status;

    // The reason of a refusal, and the flag of a pushed job in the highest bit. A separate field would take another 8
    // bytes.
    private byte _reason;
    private const byte PushedMark = 0x80;

    public JobRecord? Job => JobState as JobRecord;

    /// <summary>
    /// The object that is shown with the job in lists of waiting jobs: see <see cref="JobTraits.Tag"/>.
    /// </summary>
    public object? Tag => JobState is JobRecord job ? job.Tag : JobState;

    /// <summary>Whether the job was pushed. No caller waits for a pushed job in its own asynchronous flow.</summary>
    public bool IsPushed
    {
        get => (_reason & PushedMark) != 0;
        set => _reason = (byte)(value ? _reason | PushedMark : _reason & ~PushedMark);
    }

    /// <summary>The index of the partition in which the job waits or waited, from 0.</summary>
    public int PartitionIndex => Job?.Partition?.Index ?? Line.Index;

    public void Reject(RejectionReason reason, int retryAfterSeconds)
    {
        Debug.Assert(Status == AdmissionStatus.Waiting);
        Status = AdmissionStatus.Rejected;
        _reason = (byte)((_reason & PushedMark) | (byte)reason);
        Detail = retryAfterSeconds;
    }

    /// <summary>
    /// Makes the waiter leave its line when <paramref name="token"/> is cancelled. Called by the arriving flow, outside
    /// the lock, before it awaits the waiter.
    /// </summary>
    public void LeaveOn(CancellationToken token)
    {
        if (token.CanBeCanceled)
            _registration = token.UnsafeRegister(
                static state => ((Waiter)state!).Line.Owner.Abandon((Waiter)state!), this);
    }

    /// <summary>
    /// Whether the token was already cancelled when <see cref="LeaveOn"/> registered the callback. The waiter then does
    /// not know the token, so the calling code has to create the exception with the token.
    /// </summary>
    public bool LeftOnArrival => _registration == default && Status == AdmissionStatus.Abandoned;

    /// <summary>Wakes the caller. Do not use the waiter afterwards: it may already serve another job.</summary>
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
        // The completion is read first. The status was written before the completion, and does not change after it.
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

        // If a continuation is already registered, the state belongs to its flow and must not be overwritten.
        if (Volatile.Read(ref _continuation) is null)
            _continuationState = state;
        // A second awaiting caller is resumed too, and then gets an exception from GetResult. An exception here would
        // end the process, because async methods rethrow exceptions of OnCompleted on the thread pool.
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

    /// <summary>Prepares a pooled waiter for its next job.</summary>
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

    /// <returns>The continuation that was already registered, and stays registered. Null if there was none.</returns>
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
        // A blocked caller is resumed at once: all threads of the thread pool may be blocked in the same way.
        if (continuation.Target is BlockedCaller)
            continuation(state);
        else if (state is CapturedContext elsewhere)
            elsewhere.Resume();
        else
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: true);
    }
    /// <summary>A caller that blocks its thread instead of awaiting.</summary>
    /// <remarks>
    /// It is a task and not an event object that has to be disposed: the blocked thread may continue while another
    /// thread is still completing the task.
    /// </remarks>
    private sealed class BlockedCaller : TaskCompletionSource
    {
        public void GoOn(object? state) => SetResult();
    }
}
