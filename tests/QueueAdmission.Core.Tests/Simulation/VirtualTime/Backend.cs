using System.Runtime.CompilerServices;

namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// The resource that the handlers call, for example a database. Up to its limit of concurrent jobs, it serves each job
/// at full speed. Beyond the limit, the jobs share its capacity and slow one another down.
/// </summary>
/// <remarks>
/// Processor sharing with the contention term of the Universal Scalability Law: with n jobs and a limit of c, each job
/// progresses at the rate min(1, c ÷ n) ÷ (1 + κ·max(0, n − c) ÷ c). All jobs progress at the same rate. Therefore
/// one number (the progress so far) and one heap determine which job ends next.
/// </remarks>
internal sealed class Backend(VirtualClock clock)
{
    private readonly PriorityQueue<Action, (double Progress, long Sequence)> _jobs = new();
    private double _limit = double.PositiveInfinity;
    private double _progress;
    private long _asOf;
    private long _sequence;
    private int _plan;

    /// <summary>How much each job above the limit slows down all jobs.</summary>
    public double Contention { get; init; }

    /// <summary>The number of concurrent jobs that the backend serves at full speed.</summary>
    public double Limit
    {
        get => _limit;
        set
        {
            CatchUp();
            _limit = value;
            PlanNext();
        }
    }

    public Service Serve(TimeSpan work) => new(this, work);

    private double Speed
    {
        get
        {
            var crowd = _jobs.Count / _limit;
            return crowd <= 1 ? 1 : 1 / (crowd * (1 + (Contention * (crowd - 1))));
        }
    }

    private void Start(TimeSpan work, Action ended)
    {
        if (double.IsPositiveInfinity(_limit))
        {
            clock.At(clock.Now + work.Ticks, ended);
            return;
        }
        CatchUp();
        _jobs.Enqueue(ended, (_progress + work.Ticks, _sequence++));
        PlanNext();
    }

    private void CatchUp()
    {
        _progress += (clock.Now - _asOf) * Speed;
        _asOf = clock.Now;
    }

    private void PlanNext()
    {
        var plan = ++_plan;
        if (_jobs.TryPeek(out _, out var next))
            clock.At(
                clock.Now + (long)Math.Ceiling(Math.Max(0, next.Progress - _progress) / Speed), () => EndNext(plan));
    }

    private void EndNext(int plan)
    {
        if (plan != _plan)
            return;
        CatchUp();
        _jobs.TryDequeue(out var ended, out _);
        PlanNext();
        ended!();
    }

    /// <summary>An awaitable call to the backend.</summary>
    internal readonly struct Service(Backend backend, TimeSpan work) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Service GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => backend.Start(work, continuation);

        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }
}
