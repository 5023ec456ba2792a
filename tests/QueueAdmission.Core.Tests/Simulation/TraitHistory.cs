using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Simulation;

/// <summary>
/// A random history of jobs with keys, priorities, weights and deadlines, which its seed determines completely. After
/// every step, the guarantees are checked as far as they can be observed from outside.
/// </summary>
internal sealed class TraitHistory
{
    private const int Steps = 60;

    private readonly Random _random;
    private readonly Action<string>? _trace;
    private readonly FakeTimeProvider _time = new();
    private readonly JobQueue _queue;
    private readonly List<TraitJob> _jobs = [];
    private readonly bool _mayTurnToKeys;
    private readonly bool _hasBackground;
    private JobQueueSnapshot _before;
    private bool _paused;

    private TraitHistory(int seed, bool background, Action<string>? trace)
    {
        _hasBackground = background;
        _random = new Random(seed);
        _trace = trace;
        _mayTurnToKeys = _random.Next(2) == 0;
        var options = new JobQueueOptions();
        Change(options, everything: true);
        _queue = new JobQueue(options, _time, "trial", keySalt: (ulong)seed);
        // In most histories, simultaneous refusals need several locked sections.
        if (seed % 4 != 0)
            _queue.RefuseInSectionsOf(seed % 4);
        _before = _queue.GetSnapshot();
        Trace(Describe(options));
    }

    /// <returns>The number of jobs of the history.</returns>
    public static int Run(int seed, bool background, Action<string>? trace) =>
        new TraitHistory(seed, background, trace).Run();

    private int Run()
    {
        for (var step = 0; step < Steps; step++)
            DoAndCheck(RandomStep);
        DoAndCheck(() => _queue.Dispose());
        foreach (var job in _jobs)
            DoAndCheck(job.Finish);
        if (_before.Running + _before.Waiting + _before.WorkersInUse != 0)
            throw new HistoryException("A job was left behind.");
        return _jobs.Count;
    }

    private void DoAndCheck(Action step)
    {
        var waited = _jobs.Where(job => job.IsWaiting).ToList();
        var ran = _jobs.Where(job => job.IsRunning).ToHashSet();
        var known = _jobs.Count;
        step();
        foreach (var job in _jobs)
            job.Look(_queue, _time);
        var now = _queue.GetSnapshot();
        TraitPromises.Check(
            _jobs, ran, waited, known < _jobs.Count ? _jobs[^1] : null, _before, now, _time.GetTimestamp(), _paused);
        _before = now;
    }

    private void RandomStep()
    {
        var dice = _random.Next(100);
        if (dice < 45)
            Arrive();
        else if (dice < 70)
            Pick(job => job.IsRunning)?.Finish();
        else if (dice < 76)
            Pick(job => job.IsWaiting)?.Cancel();
        else if (dice < 84)
            _time.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 9)));
        else if (dice < 92)
            Update();
        else
            Hold(dice);
        Trace($"step {dice}");
    }

    private void Hold(int dice)
    {
        // A draining queue may be paused as well, but does not show this.
        _paused = dice < 94;
        if (_paused)
            _queue.Pause();
        else if (dice < 99)
            _queue.Resume();
        else
            _ = _queue.DrainAsync(rejectWaiting: _random.Next(2) == 0);
    }

    private void Arrive()
    {
        var settings = _queue.Settings;
        var most = Math.Min(settings.Workers, settings.MaxWorkersPerKey ?? int.MaxValue);
        var traits = new JobTraits
        {
            Key = _random.Next(5) is > 0 and var key ? $"key {key}" : null,
            Priority = (JobPriority)_random.Next(-1, 3),
            Weight = _random.Next(3) == 0 ? _random.Next(1, most + 1) : 1,
            Deadline = _random.Next(4) == 0 ? TimeSpan.FromMilliseconds(_random.Next(0, 20)) : null,
        };
        double? minShare = _hasBackground && _random.Next(3) == 0 ? _random.Next(2) / 2.0 : null;
        var job = new TraitJob(_jobs.Count, traits, _time.GetTimestamp(), minShare);
        _jobs.Add(job);
        job.Arrive(_queue, mayWait: _random.Next(10) > 0);
        Trace(
            $"job {job.Number} arrives: key {traits.Key}, {traits.Priority}, weight {traits.Weight}, "
            + $"deadline {traits.Deadline}, in the background {minShare}");
    }

    private void Update() => _queue.Update(o =>
    {
        Change(o, everything: _random.Next(4) == 0);
        Trace(Describe(o));
    });

    private void Change(JobQueueOptions o, bool everything)
    {
        var what = _random.Next(7);
        if (everything || what == 0)
            o.Workers = _random.Next(1, 7);
        if (everything || what == 1)
            o.Partitions = _mayTurnToKeys ? _random.Next(1, 13) : _random.Next(1, 3);
        if (everything || what == 2)
            ChangeRoom(o);
        if (everything || what == 3)
            o.MaxWait = _random.Next(4) == 0
                ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromMilliseconds(_random.Next(1, 30));
        if (everything || what == 4)
            o.PartitionByKey = _mayTurnToKeys && _random.Next(2) == 0;
        if (!o.PartitionByKey)
            o.MaxWaitingPerKey = null;
        if (!o.PartitionByKey && o.MaxWaiting is not null)
            ChangeRoom(o);
        if (everything || what == 6)
            o.Order = _random.Next(3) == 0 ? QueueProcessingOrder.NewestFirst : QueueProcessingOrder.OldestFirst;
        if (everything || what == 5)
            o.MaxWorkersPerKey = _random.Next(2) == 0 ? null : _random.Next(1, 5);
    }

    /// <summary>Sets the number of places, either per partition or, with keys, in total.</summary>
    private void ChangeRoom(JobQueueOptions o)
    {
        (o.MaxWaiting, o.MaxWaitingPerKey, o.GivenPartitionCapacity) = (null, null, null);
        if (o.PartitionByKey && _random.Next(2) == 0)
            (o.MaxWaiting, o.MaxWaitingPerKey) = (_random.Next(4, 12), _random.Next(0, 5));
        else
            o.PartitionCapacity = _random.Next(0, 5);
    }

    private TraitJob? Pick(Func<TraitJob, bool> which)
    {
        var candidates = _jobs.Where(which).ToList();
        return candidates.Count == 0 ? null : candidates[_random.Next(candidates.Count)];
    }

    private void Trace(string step) => _trace?.Invoke(step);

    private static string Describe(JobQueueOptions o) =>
        $"workers {o.Workers}, partitions {o.Partitions}, capacity {o.PartitionCapacity}, "
        + $"per key {o.PlacesPerKey}, in all {o.Places}, max wait {o.MaxWait}, by key {o.PartitionByKey}, "
        + $"workers per key {o.MaxWorkersPerKey}, {o.Order}";
}
