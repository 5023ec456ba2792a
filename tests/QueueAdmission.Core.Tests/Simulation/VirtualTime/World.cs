namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>A real queue between simulated clients and a simulated backend, in virtual time.</summary>
internal sealed class World : IDisposable
{
    private readonly int _seed;
    private int _dice;

    public World(int seed, JobQueueOptions settings, double contention = 0)
    {
        _seed = seed;
        Clock = new VirtualClock();
        Backend = new Backend(Clock) { Contention = contention };
        // The seed also determines how keys are distributed over the partitions.
        Queue = new JobQueue(settings, Clock, JobQueue.DefaultName, (ulong)seed);
    }

    public VirtualClock Clock { get; }

    public Backend Backend { get; }

    public JobQueue Queue { get; }

    public Records Records { get; } = new();

    /// <summary>Called immediately before each request arrives.</summary>
    public Action? BeforeArrival { get; set; }

    /// <summary>Sends requests at independent random times.</summary>
    public void Poisson(Client client, double perSecond, TimeSpan from, TimeSpan to)
    {
        var random = NewDie();
        var next = from.Ticks;
        void Arrive()
        {
            if (Clock.Now > from.Ticks)
                Visit(client, random);
            next += (long)(Works.Exponential(random) / perSecond * TimeSpan.TicksPerSecond) + 1;
            if (next < to.Ticks)
                Clock.At(next, Arrive);
        }
        Clock.At(next, Arrive);
    }

    /// <summary>Sends many requests at the same time.</summary>
    public void Burst(Client client, int count, TimeSpan at)
    {
        var random = NewDie();
        Clock.At(at, () =>
        {
            for (var i = 0; i < count; i++)
                Visit(client, random);
        });
    }

    /// <summary>
    /// Keeps the given number of requests under way. When one of them has ended, the next one arrives.
    /// </summary>
    public void KeepUnderWay(Client client, int count, TimeSpan from = default)
    {
        var random = NewDie();
        Clock.At(from, () =>
        {
            for (var i = 0; i < count; i++)
                VisitAgainAndAgain(client, random);
        });
    }

    /// <summary>Keeps the given number of background jobs waiting or running.</summary>
    public void KeepInBackground(Client client, int count, double minShare, TimeSpan from = default)
    {
        var random = NewDie();
        Clock.At(from, () =>
        {
            for (var i = 0; i < count; i++)
                RunInBackgroundAgainAndAgain(client, minShare, random);
        });
    }

    /// <summary>Schedules an action in the world.</summary>
    public void At(TimeSpan moment, Action action) => Clock.At(moment, action);

    public void RunUntil(TimeSpan end) => Clock.RunUntil(end);

    public void Dispose() => Queue.Dispose();

    /// <summary>
    /// Returns a separate random number generator for each source of requests, so that one source does not affect the
    /// arrivals of others.
    /// </summary>
    private Random NewDie() => new((_seed * 7_919) + _dice++);

    // This method is not awaited. Its exceptions are thrown from the clock's loop.
    private async void Visit(Client client, Random random)
    {
        var work = client.Work(random);
        for (var attempt = 0; ; attempt++)
        {
            var visit = await VisitOnceAsync(client, attempt, work, random);
            Records.Add(visit);
            if (visit.Ending != Ending.Rejected || !client.Returns)
                return;
            await Clock.Delay(visit.RetryAfter);
        }
    }

    private async void VisitAgainAndAgain(Client client, Random random)
    {
        while (true)
        {
            var visit = await VisitOnceAsync(client, attempt: 0, client.Work(random), random);
            Records.Add(visit);
            if (visit.Ending == Ending.Rejected)
                await Clock.Delay(visit.RetryAfter);
        }
    }

    private async void RunInBackgroundAgainAndAgain(Client client, double minShare, Random random)
    {
        while (true)
        {
            var arrived = Clock.Now;
            var lease = await Queue.EnterBackgroundAsync(client.Traits, minShare);
            // The simulation has ended.
            if (!lease.IsAdmitted)
                return;
            var started = Clock.Now;
            await Backend.Serve(client.Work(random));
            lease.Dispose();
            Records.Add(new Visit(client, TimeSpan.MaxValue, Attempt: 0, arrived, started, Clock.Now, Ending.Served));
        }
    }

    // Uses the same entrance as the middleware. With this entrance, a client's leaving is a result and not an
    // exception, of which a rush would throw a million.
    private async Task<Visit> VisitOnceAsync(Client client, int attempt, TimeSpan work, Random random)
    {
        BeforeArrival?.Invoke();
        var arrived = Clock.Now;
        var patience = client.PatienceOf(random);
        var admission = Queue.TryAdmit(client.Traits)
            ? Admission.Immediate(held: null)
            : await ArriveAsync(client, patience);
        if (admission.Status == AdmissionStatus.Abandoned)
            return new Visit(client, patience, attempt, arrived, 0, Clock.Now, Ending.Left);
        if (!admission.IsAdmitted)
            return new Visit(
                client, patience, attempt, arrived, 0, Clock.Now, Ending.Rejected, admission.Rejection.Reason,
                admission.Rejection.RetryAfter);
        var started = Clock.Now;
        await Backend.Serve(work);
        // As in the middleware, only for jobs that waited it is checked whether the client has left.
        if (admission.WaitedTimestampTicks > 0 && client.ShowsLeaving && Queue.Engine.Feedback.LearnsPatience
            && Clock.Now - arrived > patience.Ticks)
            Queue.ReportWasted(client.Traits.Key, admission.WaitedTimestampTicks, patience.Ticks);
        if (Queue.Engine.MeasuresLatency)
            Queue.Engine.Feedback.ReportLatency(Clock.Now - started);
        Queue.Release(admission.Held);
        return new Visit(client, patience, attempt, arrived, started, Clock.Now, Ending.Served);
    }

    private ValueTask<Admission> ArriveAsync(Client client, TimeSpan patience)
    {
        if (Queue.Arrive(client.Traits, mayWait: true, out var admission) is not { } waiter)
            return new ValueTask<Admission>(admission);
        if (patience != TimeSpan.MaxValue && client.ShowsLeaving)
        {
            var leaving = new CancellationTokenSource();
            waiter.LeaveOn(leaving.Token);
            Clock.At(Clock.Now + patience.Ticks, leaving.Cancel);
        }
        return new ValueTask<Admission>(waiter, waiter.Version);
    }
}
