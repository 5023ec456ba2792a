using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Simulation;

/// <summary>
/// Flows that send jobs, while other flows and threads act on the queue. They cancel tokens, advance the clock, change
/// all settings, pause, drain, and take snapshots.
/// </summary>
internal sealed class Race
{
    public const int MaxWorkers = 8;

    /// <summary>
    /// The minimum number of workers if jobs have weights. With fewer workers, a weight would be an error.
    /// </summary>
    public const int MinWorkersOfUnequal = 3;

    private readonly bool _unequal;

    private readonly JobQueue _queue;
    private readonly FakeTimeProvider? _time;
    private readonly RaceGauge _gauge = new();
    private readonly RaceFlow[] _flows;
    private volatile bool _over;
    private Exception? _failure;
    private long _snapshots;
    private long _changes;

    public Race(bool fakeTime, bool unequal, int flows, int operations)
    {
        _unequal = unequal;
        _time = fakeTime ? new FakeTimeProvider() : null;
        _queue = new JobQueue(
            new() { Workers = 4, Partitions = 3, PartitionCapacity = 4, MaxWait = TimeSpan.FromMilliseconds(2) },
            _time);
        // Simultaneous refusals need several locked sections, and other flows act between them.
        _queue.RefuseInSectionsOf(2);
        _flows = Enumerable.Range(0, flows)
            .Select(i => new RaceFlow(_queue, _gauge, Change, unequal, seed: i, operations / flows)).ToArray();
    }

    /// <summary>Runs the race until all flows have ended, and checks the counters.</summary>
    /// <returns>The figures of the race.</returns>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        Thread[] meddlers = [Meddler(Cancel), Meddler(Change), Meddler(Look)];
        try
        {
            await Task.WhenAll(_flows.Select(flow => Task.Run(flow.RunAsync, cancellationToken))).WaitAsync(
                TimeSpan.FromMinutes(3), cancellationToken);
        }
        finally
        {
            _over = true;
            Array.ForEach(meddlers, thread => thread.Join());
        }
        if (_failure is not null)
            throw new InvalidOperationException("A meddler failed.", _failure);
        _queue.Resume();

        var books = new RaceBooks();
        Array.ForEach(_flows, flow => books.Add(flow.Books));
        CheckBooks(books);
        return $"{books}; {_changes:N0} changes, {_snapshots:N0} snapshots, {clock.Elapsed.TotalSeconds:0.0} s, "
            + "lost: 0";
    }

    private void CheckBooks(RaceBooks books)
    {
        var end = _queue.GetSnapshot();
        Assert.Equal(
            (0, 0, 0, 0, 0),
            (end.Running, end.WorkersInUse, end.Waiting, end.BackgroundRunning, end.BackgroundWaiting));
        _queue.Update(o => o.MaxWorkersPerKey = null);
        Assert.Equal(books.Ran, end.Ran);
        foreach (var reason in Enum.GetValues<RejectionReason>())
            Assert.Equal(books.Rejected[(int)reason], end.RejectedByReason.GetValueOrDefault(reason));
        Assert.InRange(end.Abandoned, books.Abandoned, books.Abandoned + books.CancelledAtOnce);
        Assert.Equal((0, 0), (books.CancelledByStrangers, books.RanInsidePush));
        Assert.InRange(_gauge.Highest, 1, MaxWorkers);
        Assert.All(Enumerable.Range(0, end.Settings.Workers), _ => Assert.True(_queue.TryEnter().IsAdmitted));
        Assert.False(_queue.TryEnter().IsAdmitted);
    }

    private Thread Meddler(Action<Random> meddle)
    {
        var thread = new Thread(() =>
        {
            var random = new Random(meddle.Method.Name.Length);
            try
            {
                while (!_over)
                {
                    meddle(random);
                    Thread.SpinWait(random.Next(200));
                    Thread.Yield();
                }
            }
            catch (Exception exception)
            {
                _failure = exception;
            }
        });
        thread.Start();
        return thread;
    }

    private void Cancel(Random random)
    {
        foreach (var flow in _flows)
            flow.CancelWhateverIsThere();
        _time?.Advance(TimeSpan.FromMicroseconds(random.Next(1, 500)));
    }

    private void Change(Random random)
    {
        Interlocked.Increment(ref _changes);
        switch (random.Next(20))
        {
            case 0:
                _queue.Pause();
                break;
            case 1:
                _ = _queue.DrainAsync(rejectWaiting: random.Next(2) == 0);
                break;
            case 2:
                _queue.SetWorkerCap("lease", random.Next(MaxWorkers + 1));
                break;
            case 3:
                _queue.SetWorkersOverride(random.Next(_unequal ? MinWorkersOfUnequal : 1, MaxWorkers + 1));
                break;
            default:
                _queue.Update(o =>
                {
                    o.Workers = random.Next(_unequal ? MinWorkersOfUnequal : 1, MaxWorkers + 1);
                    o.PartitionByKey = _unequal && random.Next(2) == 0;
                    o.MaxWorkersPerKey = _unequal && random.Next(2) == 0
                        ? random.Next(MinWorkersOfUnequal, MaxWorkers)
                        : null;
                    o.Partitions = random.Next(1, 6);
                    o.PartitionCapacity = random.Next(0, 6);
                    o.MaxWait = random.Next(6) switch
                    {
                        0 => TimeSpan.Zero,
                        1 => Timeout.InfiniteTimeSpan,
                        _ => TimeSpan.FromMicroseconds(random.Next(1, 5_000)),
                    };
                });
                break;
        }
        Thread.SpinWait(1_000);
        _queue.RemoveWorkerCap("lease");
        _queue.SetWorkersOverride(null);
        _queue.Resume();
    }

    private void Look(Random random)
    {
        _snapshots++;
        var seen = _queue.GetSnapshot();
        Assert.InRange(seen.Running, 0, MaxWorkers);
        Assert.Equal(seen.Waiting, seen.WaitingByPartition.Sum());
        Assert.Equal(seen.Rejected, seen.RejectedByReason.Values.Sum());
        Assert.InRange(seen.WorkersInUse, seen.Running, MaxWorkers);
        Assert.InRange(seen.BackgroundRunning, 0, seen.Running);
        Assert.True(_unequal || !_queue.Engine.Read(0, IsIdleForNothing), "A worker is idle while a job waits.");
        Assert.True(seen.Waiting > 0 || seen.LongestWait == TimeSpan.Zero);
        Assert.True(seen.LongestWait >= TimeSpan.Zero);
    }

    // Between the sections of a mass refusal, free workers are reserved for the waiters that will remain.
    private static bool IsIdleForNothing(in EngineView view, int none) =>
        view.State == EngineState.Running && (view.Room.Count > 0 || view.Background.IsWaiting) && view.Workers.Free > 0
            && !view.Departures.HasMore;
}
