namespace QueueAdmission.Deferred;

/// <summary>
/// Stores accepted jobs with group commit. While one thread stores a group, further jobs arrive; the thread then stores
/// them in one transaction.
/// </summary>
/// <remarks>
/// The thread is dedicated and the calls of the store are synchronous, because accepting matters most when the thread
/// pool is starved.
/// </remarks>
internal sealed class Intake : IDisposable
{
    private const int MaxGroup = 2_000;
    private const int MaxGroupBytes = 16 * 1024 * 1024;
    private const int MaxBuffered = 20_000;
    private const long MaxBufferedBytes = 128L * 1024 * 1024;

    private readonly object _gate = new();
    private readonly Queue<Pending> _buffer = new();
    private readonly Func<IReadOnlyList<AcceptedJob>, IReadOnlyList<JobAcceptance>> _accept;
    private readonly Action<IReadOnlyList<AcceptedJob>, IReadOnlyList<JobAcceptance>> _onAccepted;
    private Thread? _thread;
    private long _bufferedBytes;
    private bool _isClosed;

    /// <param name="accept">Makes a group durable, and reports its exceptions.</param>
    /// <param name="onAccepted">Called with every stored group, before the requests continue.</param>
    public Intake(
        Func<IReadOnlyList<AcceptedJob>, IReadOnlyList<JobAcceptance>> accept,
        Action<IReadOnlyList<AcceptedJob>, IReadOnlyList<JobAcceptance>> onAccepted)
    {
        _accept = accept;
        _onAccepted = onAccepted;
    }

    public void Start()
    {
        _thread = new Thread(Run) { Name = "QueueAdmission intake", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Stores a job.</summary>
    /// <returns>
    /// The result of storing the job, as soon as it is durable. Null if the job is not known to be stored: the store is
    /// unreachable, the buffer is full, or the application stops.
    /// </returns>
    public Task<JobAcceptance?> AcceptAsync(AcceptedJob job)
    {
        var pending = new Pending(job);
        lock (_gate)
        {
            if (_isClosed || _buffer.Count >= MaxBuffered || _bufferedBytes + pending.Bytes > MaxBufferedBytes)
            {
                return Task.FromResult<JobAcceptance?>(null);
            }
            _buffer.Enqueue(pending);
            _bufferedBytes += pending.Bytes;
            if (_buffer.Count == 1)
            {
                Monitor.Pulse(_gate);
            }
        }
        return pending.Task;
    }

    /// <summary>
    /// Stops taking jobs. The thread stores the jobs that have arrived, and ends. Waits for the thread.
    /// </summary>
    /// <param name="limit">The longest time to wait for the thread.</param>
    public void Close(TimeSpan limit)
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
        _thread?.Join(limit);
    }

    public void Dispose() => Close(TimeSpan.FromSeconds(5));

    private void Run()
    {
        var group = new List<Pending>(MaxGroup);
        while (TryTake(group))
        {
            Store(group);
            group.Clear();
        }
    }

    private bool TryTake(List<Pending> group)
    {
        lock (_gate)
        {
            while (_buffer.Count == 0)
            {
                if (_isClosed)
                {
                    return false;
                }
                Monitor.Wait(_gate);
            }
            var bytes = 0L;
            while (group.Count < MaxGroup && _buffer.TryPeek(out var next)
                && (group.Count == 0 || bytes + next.Bytes <= MaxGroupBytes))
            {
                group.Add(_buffer.Dequeue());
                bytes += next.Bytes;
            }
            _bufferedBytes -= bytes;
            return true;
        }
    }

    private void Store(List<Pending> group)
    {
        var jobs = group.ConvertAll(static pending => pending.Job);
        IReadOnlyList<JobAcceptance> acceptances;
        try
        {
            acceptances = _accept(jobs);
            if (acceptances.Count != jobs.Count)
            {
                throw new InvalidOperationException("The store returned the wrong number of results.");
            }
        }
#pragma warning disable CA1031 // The thread serves all requests. The outage has already been reported.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nothing was accepted, or the outcome is unknown. A job that was stored nevertheless runs, although its
            // client gets no 202.
            group.ForEach(static pending => pending.SetResult(null));
            return;
        }
        _onAccepted(jobs, acceptances);
        for (var i = 0; i < group.Count; i++)
        {
            group[i].SetResult(acceptances[i].Status == JobAcceptanceStatus.Unavailable ? null : acceptances[i]);
        }
    }

    /// <summary>A job whose request waits until the job is stored.</summary>
    private sealed class Pending(AcceptedJob job)
        : TaskCompletionSource<JobAcceptance?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public AcceptedJob Job => job;

        public long Bytes { get; } = job.Payload.Length + 256;
    }
}
