namespace QueueAdmission.Simulation;

/// <summary>
/// A flow of a race. It sends random jobs into the queue, one after the other and by all entrances, and counts their
/// outcomes.
/// </summary>
internal sealed class RaceFlow(
    JobQueue queue, RaceGauge gauge, Action<Random> meddle, bool unequal, int seed, int operations)
{
    [ThreadStatic]
    private static bool t_pushing;

    private static readonly string[] Keys = ["", "a", "b", "c"];

    private readonly Random _random = new(seed);
    private readonly InvalidOperationException _thrown = new("thrown by a job");
    private CancellationTokenSource? _published;

    public RaceBooks Books { get; } = new();

    /// <summary>
    /// Cancels the token of the current job, or of a job that ended long ago. Called by another flow at any time.
    /// </summary>
    public void CancelWhateverIsThere() => Volatile.Read(ref _published)?.Cancel();

    public async Task RunAsync()
    {
        for (var i = 0; i < operations; i++)
        {
            // A third of the jobs cannot be canceled. A third publish their token before they arrive, and a third while
            // they wait or run.
            var kind = _random.Next(3);
            var canceller = kind == 0 ? null : new CancellationTokenSource();
            if (kind == 1)
                Volatile.Write(ref _published, canceller);
            if (_random.Next(200) == 0)
                meddle(_random);
            var work = _random.Next(8);
            Func<Task> job = _random.Next(9) switch
            {
                8 => () => EnterInBackgroundAsync(work, canceller),
                0 => () => TryEnterAsync(work),
                1 => () => RunAsync(work, canceller),
                2 => () => PushAsync(work, canceller),
                _ => () => EnterAsync(work, canceller),
            };
            await job();
        }
    }

    /// <summary>
    /// Publishes the token, which another flow may then cancel at any time. One job in four cancels itself while the
    /// queue decides on it.
    /// </summary>
    private void Publish(CancellationTokenSource? canceller)
    {
        Volatile.Write(ref _published, canceller);
        if (canceller is not null && _random.Next(4) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(
                static canceller => canceller.Cancel(), canceller, preferLocal: _random.Next(2) == 0);
    }

    private async Task EnterAsync(int work, CancellationTokenSource? canceller)
    {
        var token = canceller?.Token ?? CancellationToken.None;
        var entering = unequal ? queue.EnterAsync(RandomTraits(), token) : queue.EnterAsync(token);
        var atOnce = entering.IsCanceled;
        Publish(canceller);
        QueueLease lease;
        try
        {
            lease = await entering;
        }
        catch (OperationCanceledException)
        {
            Books.Cancelled(token, atOnce);
            return;
        }
        await UseAsync(lease, work);
    }

    private async Task EnterInBackgroundAsync(int work, CancellationTokenSource? canceller)
    {
        var entering = queue.EnterBackgroundAsync(
            unequal ? RandomTraits() : default, _random.Next(3) / 2.0, canceller?.Token ?? CancellationToken.None);
        Publish(canceller);
        QueueLease lease;
        try
        {
            lease = await entering;
        }
        catch (OperationCanceledException)
        {
            Books.BackgroundEnded++;
            Books.CancelledByStrangers += canceller is { IsCancellationRequested: true } ? 0 : 1;
            return;
        }
        if (lease.IsAdmitted)
            await UseAsync(lease, work);
        else
            Books.BackgroundEnded++;
    }

    private Task TryEnterAsync(int work) => UseAsync(unequal ? queue.TryEnter(RandomTraits()) : queue.TryEnter(), work);

    private async Task UseAsync(QueueLease lease, int work)
    {
        if (!lease.IsAdmitted)
        {
            Books.Rejected[(int)lease.Rejection!.Value.Reason]++;
            return;
        }
        var copy = lease;
        await gauge.WorkAsync(work);
        Books.Ran++;
        lease.Dispose();
        copy.Dispose();
    }

    private async Task RunAsync(int work, CancellationTokenSource? canceller)
    {
        var token = canceller?.Token ?? CancellationToken.None;
        var running = unequal
            ? queue.RunAsync(_ => WorkOrThrow(work), RandomTraits(), token)
            : queue.RunAsync(_ => WorkOrThrow(work), token);
        var atOnce = running.IsCanceled;
        Publish(canceller);
        try
        {
            await running;
            Books.Ran++;
        }
        catch (JobRejectedException exception)
        {
            Books.Rejected[(int)exception.Rejection.Reason]++;
        }
        catch (OperationCanceledException)
        {
            Books.Cancelled(token, atOnce);
        }
        catch (InvalidOperationException exception) when (exception == _thrown)
        {
            Books.Ran++;
            Books.Failed++;
        }
    }

    private async Task PushAsync(int work, CancellationTokenSource? canceller)
    {
        var token = canceller?.Token ?? CancellationToken.None;
        t_pushing = true;
        var handle = unequal
            ? queue.Push(_ => WorkOrThrow(work), RandomTraits(), token)
            : queue.Push(_ => WorkOrThrow(work), token);
        t_pushing = false;
        var atOnce = handle.Completion.IsCompleted;
        Publish(canceller);
        var outcome = await handle;
        if (outcome.Status == JobStatus.Rejected)
            Books.Rejected[(int)outcome.Rejection!.Value.Reason]++;
        else if (outcome.Status == JobStatus.Cancelled)
            Books.Cancelled(token, atOnce);
        else
            Books.Ran++;
        if (outcome.Status == JobStatus.Failed && outcome.Exception == _thrown)
            Books.Failed++;
    }

    private JobTraits RandomTraits() => new()
    {
        Key = _random.Next(4) is > 0 and var key ? Keys[key] : null,
        Priority = (JobPriority)_random.Next(-1, 3),
        Weight = _random.Next(4) == 0 ? _random.Next(1, Race.MinWorkersOfUnequal + 1) : 1,
        Deadline = _random.Next(6) == 0 ? TimeSpan.FromMicroseconds(_random.Next(0, 4_000)) : null,
    };

    private Task WorkOrThrow(int work)
    {
        if (t_pushing)
            Interlocked.Increment(ref Books.RanInsidePush);
        return work switch
        {
            0 => throw _thrown,
            1 => Task.FromException(_thrown),
            _ => gauge.WorkAsync(work),
        };
    }
}

/// <summary>Counts the running jobs independently of the queue.</summary>
internal sealed class RaceGauge
{
    private int _running;
    private int _highest;

    public int Highest => _highest;

    public async Task WorkAsync(int work)
    {
        var running = Interlocked.Increment(ref _running);
        for (var highest = _highest; running > highest;)
            highest = Interlocked.CompareExchange(ref _highest, running, highest);
        if (work > 3)
            await Task.Yield();
        Interlocked.Decrement(ref _running);
    }
}
