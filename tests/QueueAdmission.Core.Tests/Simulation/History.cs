using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Simulation;

/// <summary>
/// A random history, which its seed determines completely. Every step is applied to both the real queue and the
/// reference, which are then compared.
/// </summary>
internal sealed class History
{
    private const int Steps = 60;

    private readonly Random _random;
    private readonly Action<string>? _trace;
    private readonly FakeTimeProvider _time = new();
    private readonly JobQueue _queue;
    private readonly ReferenceQueue _reference;
    private readonly List<DrivenJob> _jobs = [];
    private readonly List<(Task Task, bool Undone)> _drains = [];
    private readonly int? _maxWorkersPerKey;
    private readonly bool _hasBackground;
    private JobQueueSnapshot _before;

    private History(int seed, bool fairLines, bool background, Action<string>? trace)
    {
        _random = new Random(seed);
        _trace = trace;
        _hasBackground = background;
        _maxWorkersPerKey = fairLines ? JobQueueOptions.WorkersLimit : null;
        var (workers, partitions, capacity, maxWait) = RandomSettings();
        var newestFirst = _random.Next(3) == 0;
        _reference = new ReferenceQueue(workers, partitions, capacity, maxWait, newestFirst);
        _queue = new JobQueue(Options(new(), workers, partitions, capacity, maxWait, newestFirst), _time);
        // In most histories, simultaneous refusals need several locked sections.
        if (seed % 4 != 0)
            _queue.RefuseInSectionsOf(seed % 4);
        _before = _queue.GetSnapshot();
        trace?.Invoke(
            $"workers {workers}, partitions {partitions}, capacity {capacity}, max wait {maxWait}, "
            + $"newest first {newestFirst}");
    }

    /// <param name="seed">Identifies the history.</param>
    /// <param name="fairLines">
    /// Whether the queue uses the lines that distinguish jobs. Such a queue has a limit that no key reaches. If all
    /// jobs are alike, these lines behave like the plain ones.
    /// </param>
    /// <param name="background">Whether a third of the jobs are background jobs.</param>
    /// <param name="trace">Receives a line for every step.</param>
    /// <returns>The number of jobs of the history.</returns>
    public static int Run(int seed, bool fairLines, bool background, Action<string>? trace = null) =>
        new History(seed, fairLines, background, trace).Run();

    private int Run()
    {
        for (var step = 0; step < Steps; step++)
            DoAndCompare(RandomStep);
        DoAndCompare(Dispose);
        foreach (var job in _jobs.Where(job => job.Twin.Fate == Fate.Running).ToList())
            DoAndCompare(() => Finish(job));
        if (_before.Running + _before.Waiting != 0)
            throw new HistoryException("A job was left behind.");
        return _jobs.Count;
    }

    private void DoAndCompare(Action step)
    {
        step();
        _before = Comparison.Check(_queue, _reference, _jobs, _before);
        // The step that ends or undoes a drain also completes the drain's task, at the latest at the end of the step.
        foreach (var (drain, undone) in _drains)
        {
            var expected = undone
                ? TaskStatus.Canceled
                : _reference.DrainPending ? TaskStatus.WaitingForActivation : TaskStatus.RanToCompletion;
            if (drain.Status != expected)
                throw new HistoryException($"The drain is {drain.Status}, expected {expected}.");
        }
        if (!_reference.DrainPending)
            _drains.Clear();
    }

    private void RandomStep()
    {
        var dice = _random.Next(100);
        if (dice < 38)
            Arrive();
        else if (dice < 62)
            Finish(Pick(Fate.Running));
        else if (dice < 68)
            FinishAgain(Pick(Fate.Ran));
        else if (dice < 76)
            Cancel(_random.Next(3) > 0 ? Pick(Fate.Waiting) : PickAny());
        else if (dice < 85)
            Advance(_random.Next(1, 9));
        else if (dice < 93)
            Change();
        else if (dice < 95)
            Pause();
        else if (dice < 99)
            Resume();
        else
            Drain(rejectWaiting: _random.Next(2) == 0);
    }

    private void Arrive()
    {
        if (_hasBackground && _random.Next(3) == 0)
        {
            ArriveInBackground();
            return;
        }
        var twin = new ReferenceJob(_jobs.Count, _reference.Now);
        var canceller = _random.Next(3) == 0 ? null : new CancellationTokenSource();
        DrivenJob job = _random.Next(10) switch
        {
            0 => new EnteringJob(twin, canceller, mayWait: false),
            1 => new RunningJob(twin, canceller),
            2 => new PushedJob(twin, canceller),
            _ => new EnteringJob(twin, canceller, mayWait: true),
        };
        _jobs.Add(job);
        _reference.Arrive(twin, mayWait: job is not EnteringJob { MayWait: false });
        job.Arrive(_queue);
        _trace?.Invoke($"{job.GetType().Name} {twin.Number} arrives: {twin.Fate}");
    }

    private void ArriveInBackground()
    {
        var twin = new ReferenceJob(_jobs.Count, _reference.Now)
        {
            Weight = _random.Next(3) == 0 ? _random.Next(1, 5) : 1,
        };
        // The shares are exact as doubles, so that both sides of the comparison compute the same credit.
        var minShare = _random.Next(4) switch { 0 => 0, 1 => 0.25, 2 => 0.5, _ => 1 };
        var job = new BackgroundJob(twin, _random.Next(3) == 0 ? null : new CancellationTokenSource(), minShare);
        _jobs.Add(job);
        _reference.ArriveInBackground(twin, minShare);
        job.Arrive(_queue);
        _trace?.Invoke($"background job {twin.Number} of weight {twin.Weight} arrives, share {minShare}: {twin.Fate}");
    }

    private void Finish(DrivenJob? job)
    {
        if (job is null)
            return;
        var throwing = _random.Next(3) == 0;
        _trace?.Invoke($"job {job.Twin.Number} {(throwing ? "throws" : "ends")}");
        _reference.Finish(job.Twin);
        job.Finish(throwing);
    }

    private void FinishAgain(DrivenJob? job)
    {
        _trace?.Invoke($"job {job?.Twin.Number} is given back again");
        job?.FinishAgain();
    }

    private void Cancel(DrivenJob? job)
    {
        if (job?.Canceller is null)
            return;
        _trace?.Invoke($"job {job.Twin.Number} is cancelled while {job.Twin.Fate}");
        _reference.Cancel(job.Twin);
        job.Canceller.Cancel();
    }

    private void Advance(int milliseconds)
    {
        _trace?.Invoke($"{milliseconds} ms pass");
        _reference.Advance(milliseconds);
        // The fake clock fires timers only after a whole advance, so background jobs would earn credit for too long.
        // Advance by 1 ms.
        for (; milliseconds > 0; milliseconds--)
            _time.Advance(TimeSpan.FromMilliseconds(1));
    }

    private void Change()
    {
        var other = RandomSettings();
        var (workers, partitions, capacity, maxWait) = (
            _reference.Workers, _reference.Lines.Length, _reference.Capacity, _reference.MaxWait);
        var newestFirst = _reference.NewestFirst;
        switch (_random.Next(6))
        {
            case 0: workers = other.Workers; break;
            case 1: partitions = other.Partitions; break;
            case 2: capacity = other.Capacity; break;
            case 3: maxWait = other.MaxWait; break;
            case 4: newestFirst = !newestFirst; break;
            default: (workers, partitions, capacity, maxWait) = other; break;
        }
        _trace?.Invoke(
            $"change to workers {workers}, partitions {partitions}, capacity {capacity}, max wait {maxWait}, "
            + $"newest first {newestFirst}");
        _reference.Change(workers, partitions, capacity, maxWait, newestFirst);
        _queue.Update(o => Options(o, workers, partitions, capacity, maxWait, newestFirst));
    }

    private void Pause()
    {
        _trace?.Invoke("pause");
        _reference.Pause();
        _queue.Pause();
    }

    private void Resume()
    {
        _trace?.Invoke("resume");
        for (var i = 0; i < _drains.Count; i++)
            _drains[i] = _drains[i] with { Undone = true };
        _reference.Resume();
        _queue.Resume();
    }

    private void Drain(bool rejectWaiting)
    {
        _trace?.Invoke($"drain, {(rejectWaiting ? "refusing" : "serving")} the waiters");
        _reference.Drain(rejectWaiting);
        _drains.Add((_queue.DrainAsync(rejectWaiting), Undone: false));
    }

    private void Dispose()
    {
        _trace?.Invoke("dispose");
        _reference.Dispose();
        _queue.Dispose();
    }

    private DrivenJob? Pick(Fate fate)
    {
        var candidates = _jobs.Where(job => job.Twin.Fate == fate).ToList();
        return candidates.Count == 0 ? null : candidates[_random.Next(candidates.Count)];
    }

    private DrivenJob? PickAny() => _jobs.Count == 0 ? null : _jobs[_random.Next(_jobs.Count)];

    private (int Workers, int Partitions, int Capacity, long MaxWait) RandomSettings() =>
        (_random.Next(1, 5), _random.Next(1, 5), _random.Next(0, 4), _random.Next(8) switch
        {
            0 => 0,
            1 or 2 => ReferenceQueue.Forever,
            _ => _random.Next(1, 30),
        });

    private JobQueueOptions Options(
        JobQueueOptions o, int workers, int partitions, int capacity, long maxWait, bool newestFirst)
    {
        o.Order = newestFirst ? QueueProcessingOrder.NewestFirst : QueueProcessingOrder.OldestFirst;
        (o.Workers, o.Partitions, o.PartitionCapacity) = (workers, partitions, capacity);
        o.MaxWait = maxWait == ReferenceQueue.Forever ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(maxWait);
        o.MaxWorkersPerKey = _maxWorkersPerKey;
        return o;
    }
}
