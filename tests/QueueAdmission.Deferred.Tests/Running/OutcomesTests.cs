using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Running;

public sealed class OutcomesTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly CountingClock _clock = new();
    private readonly InMemoryJobStore _jobs;
    private readonly CountingStore _store;
    private readonly Outcomes _outcomes;
    private readonly RequestSlots _slots = new();

    public OutcomesTests()
    {
        _jobs = new InMemoryJobStore(_clock);
        _store = new CountingStore(_jobs.Open());
        var metrics = new DeferredMetrics(meters: null, () => [], _clock);
        var access = new JobStoreAccess(
            _store, isIntake: true, () => throw new NotSupportedException(), metrics, _clock, NullLogger.Instance);
        _outcomes = new Outcomes(access, _clock);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _outcomes.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task Wait_JobEndsHere_IsToldWithoutAsking()
    {
        var id = Guid.NewGuid();
        using var wait = Wait(id);

        _outcomes.OnEnded([End(id, JobEndKind.Done, [7])], [true]);
        var outcome = await EndAsync(wait);

        Assert.Equal((JobOutcomeKind.Done, id), (outcome.Kind, outcome.Job));
        Assert.Equal([7], outcome.Result);
        Assert.Equal(0, _store.Finds);
    }

    [Theory]
    [InlineData(JobEndKind.Done, false)]
    [InlineData(JobEndKind.Retry, true)]
    [InlineData(JobEndKind.GivenBack, true)]
    public void Wait_AttemptDoesNotEndTheJob_GoesOn(JobEndKind kind, bool counted)
    {
        var id = Guid.NewGuid();
        using var wait = Wait(id);

        _outcomes.OnEnded([End(id, kind, [7])], [counted]);

        Assert.False(wait.HasEnded);
        Assert.Equal(1, _outcomes.Count);
    }

    [Fact]
    public async Task Wait_EndsOfOtherJobs_AreNotItsOwn()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        using var one = Wait(first);
        using var two = Wait(second);
        using var alsoTwo = Wait(second);

        _outcomes.OnEnded([End(Guid.NewGuid(), JobEndKind.Done, []), End(second, JobEndKind.Dead, null)], [true, true]);

        Assert.Equal(JobOutcomeKind.Dead, (await EndAsync(two)).Kind);
        Assert.Equal(JobOutcomeKind.Dead, (await EndAsync(alsoTwo)).Kind);
        Assert.False(one.HasEnded);
    }

    [Fact]
    public async Task Wait_JobEndsElsewhere_IsLookedUp()
    {
        var id = Accept();
        using var wait = Wait(id);

        _clock.Advance(Outcomes.LookUpInterval);
        Assert.False(wait.HasEnded);
        _store.Cancel(id);
        _clock.Advance(Outcomes.LookUpInterval);

        Assert.Equal(JobOutcomeKind.Cancelled, (await EndAsync(wait)).Kind);
    }

    [Fact]
    public async Task Wait_StoreKnowsTheJobByAnotherId_GivesThatOne()
    {
        var (own, earlier) = (Guid.NewGuid(), Guid.NewGuid());
        _store.Aliased = new StoredJob
        {
            Id = earlier,
            Queue = "posts",
            Route = "POST /posts",
            State = StoredJobState.Done,
            AcceptedAt = default,
            Attempts = 1,
            Result = [7],
        };
        using var wait = Wait(own);

        _clock.Advance(Outcomes.LookUpInterval);
        var outcome = await EndAsync(wait);

        Assert.Equal((JobOutcomeKind.Done, earlier), (outcome.Kind, outcome.Job));
    }

    [Fact]
    public void Wait_JobRunsHere_IsNotLookedUpUntilItIsGivenBack()
    {
        var id = Accept();
        using var wait = Wait(id);

        _outcomes.OnClaimed([Claims.Of(id)]);
        _clock.Advance(Outcomes.LookUpInterval);
        var whileItRan = _store.Finds;
        _outcomes.OnEnded([End(id, JobEndKind.Retry, null)], [true]);
        _clock.Advance(Outcomes.LookUpInterval);

        Assert.Equal((0, 1), (whileItRan, _store.Finds));
    }

    [Fact]
    public void Wait_JobIsLostToAnotherNode_IsLookedUpAgain()
    {
        var id = Accept();
        using var wait = Wait(id);

        _outcomes.OnClaimed([Claims.Of(id)]);
        _outcomes.OnEnded([End(id, JobEndKind.Done, [1])], [false]);
        _clock.Advance(Outcomes.LookUpInterval);

        Assert.Equal(1, _store.Finds);
    }

    [Fact]
    public async Task Wait_StoreIsAway_GoesOnWhenItIsBack()
    {
        var id = Accept();
        using var wait = Wait(id);
        _store.Cancel(id);

        _jobs.GoAway();
        _clock.Advance(Outcomes.LookUpInterval);
        Assert.False(wait.HasEnded);
        _jobs.ComeBack();
        _clock.Advance(Outcomes.LookUpInterval);

        Assert.Equal(JobOutcomeKind.Cancelled, (await EndAsync(wait)).Kind);
    }

    [Fact]
    public void LookUps_ManyWait_HaveABoundAndATurnForEach()
    {
        var waits = Enumerable.Range(0, (2 * Outcomes.MaxLookUps) + 1).Select(_ => Wait(Guid.NewGuid())).ToList();

        _clock.Advance(Outcomes.LookUpInterval);
        var first = _store.Found.ToHashSet();
        _clock.Advance(Outcomes.LookUpInterval);
        _clock.Advance(Outcomes.LookUpInterval);

        Assert.Equal((Outcomes.MaxLookUps, 3 * Outcomes.MaxLookUps), (first.Count, _store.Finds));
        Assert.Superset(waits.Select(wait => wait.Id).ToHashSet(), _store.Found.ToHashSet());
        Assert.All(waits, wait => Assert.Contains(wait.Id, _store.Found));
        waits.ForEach(wait => wait.Dispose());
    }

    [Fact]
    public void LookUps_NoneWaits_Stop()
    {
        var wait = Wait(Guid.NewGuid());
        _clock.Advance(Outcomes.LookUpInterval);
        wait.Dispose();
        _clock.Advance(10 * Outcomes.LookUpInterval);
        var before = _store.Finds;

        using var next = Wait(Guid.NewGuid());
        _clock.Advance(Outcomes.LookUpInterval);

        Assert.Equal((1, 2), (before, _store.Finds));
    }

    [Fact]
    public void LookUps_NoneWaitsOrTheApplicationStops_LeaveTheClockAlone()
    {
        Wait(Guid.NewGuid()).Dispose();
        _clock.Advance(Outcomes.LookUpInterval);
        var whenNoneWaited = _clock.Changes;
        _clock.Advance(10 * Outcomes.LookUpInterval);
        _outcomes.Stop();
        using var late = Wait(Guid.NewGuid());
        _clock.Advance(10 * Outcomes.LookUpInterval);

        Assert.Equal((whenNoneWaited, 0), (_clock.Changes, _store.Finds));
    }

    [Fact]
    public void LookUps_StoreIsAway_AskOnceInEachIntervalForAnotherJob()
    {
        using var one = Wait(Accept());
        using var two = Wait(Accept());
        _jobs.GoAway();

        _clock.Advance(Outcomes.LookUpInterval);
        _clock.Advance(Outcomes.LookUpInterval);

        // A job that cannot be read does not delay the other jobs.
        Assert.Equal([one.Id, two.Id], _store.Found);
    }

    [Fact]
    public void LookUps_WaitHasEnded_LeaveItOut()
    {
        var id = Accept();
        using var wait = Wait(id);

        _outcomes.OnEnded([End(id, JobEndKind.Dead, null)], [true]);
        _clock.Advance(Outcomes.LookUpInterval);

        Assert.Equal(0, _store.Finds);
    }

    [Theory]
    [InlineData(false, JobOutcomeKind.Waiting)]
    [InlineData(true, JobOutcomeKind.Running)]
    public async Task Wait_TimeIsOver_SaysWhereTheJobIs(bool isClaimed, object expected)
    {
        var id = Guid.NewGuid();
        using var wait = _outcomes.Wait(id, TimeSpan.FromSeconds(3), _slots);
        if (isClaimed)
            _outcomes.OnClaimed([Claims.Of(id)]);

        _clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(wait.HasEnded);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(expected, (await EndAsync(wait)).Kind);
    }

    [Fact]
    public async Task Wait_Aborted_Ends()
    {
        using var aborting = new CancellationTokenSource();
        using var wait = Wait(Guid.NewGuid());
        var ended = EndAsync(wait, aborting.Token);

        await aborting.CancelAsync();

        Assert.Equal(JobOutcomeKind.Aborted, (await ended).Kind);
    }

    [Fact]
    public async Task Stop_EndsAllWaitsAndThoseThatCome()
    {
        using var before = Wait(Guid.NewGuid());

        _outcomes.Stop();
        using var after = Wait(Guid.NewGuid());

        Assert.Equal(JobOutcomeKind.Waiting, (await EndAsync(before)).Kind);
        Assert.Equal(JobOutcomeKind.Waiting, (await EndAsync(after)).Kind);
    }

    [Fact]
    public async Task MoveTo_JobThatHasEnded_KnowsAtOnce()
    {
        var (own, earlier) = (Guid.NewGuid(), Accept());
        _store.Cancel(earlier);
        using var wait = Wait(own);

        wait.MoveTo(earlier);

        Assert.Equal(JobOutcomeKind.Cancelled, (await EndAsync(wait)).Kind);
    }

    [Fact]
    public async Task MoveTo_JobThatEndsLater_IsTold()
    {
        var (own, earlier) = (Guid.NewGuid(), Guid.NewGuid());
        using var wait = Wait(own);

        wait.MoveTo(earlier);
        _outcomes.OnEnded([End(own, JobEndKind.Dead, null)], [true]);
        Assert.False(wait.HasEnded);
        _outcomes.OnEnded([End(earlier, JobEndKind.Done, [1])], [true]);

        Assert.Equal(JobOutcomeKind.Done, (await EndAsync(wait)).Kind);
    }

    [Fact]
    public async Task MoveTo_FirstJobRanHere_SaysNothingOfTheOther()
    {
        var (own, earlier) = (Guid.NewGuid(), Accept());
        using var wait = Wait(own);
        _outcomes.OnClaimed([Claims.Of(own)]);

        wait.MoveTo(earlier);
        _clock.Advance(Outcomes.LookUpInterval);
        _clock.Advance(Long);

        Assert.Equal(JobOutcomeKind.Waiting, (await EndAsync(wait)).Kind);
        Assert.True(_store.Finds >= 2);
    }

    [Fact]
    public async Task Dispose_OneOfTwoThatWaitForTheJob_TheOtherIsTold()
    {
        var id = Guid.NewGuid();
        using var stays = Wait(id);
        var leaves = Wait(id);

        leaves.Dispose();
        _outcomes.OnEnded([End(id, JobEndKind.Dead, null)], [true]);

        Assert.Equal(JobOutcomeKind.Dead, (await EndAsync(stays)).Kind);
        Assert.False(leaves.HasEnded);
    }

    [Fact]
    public void Dispose_BeforeTheTimeIsOver_EndsTheTimer()
    {
        var wait = Wait(Guid.NewGuid());

        wait.Dispose();
        _clock.Advance(2 * Long);

        Assert.False(wait.HasEnded);
    }

    [Fact]
    public void Dispose_GivesTheSlotBackOnce()
    {
        Assert.True(_slots.TryTake(2));
        var wait = Wait(Guid.NewGuid());
        Assert.True(_slots.TryTake(2));

        wait.Dispose();
        wait.Dispose();

        Assert.Equal((1, 0), (_slots.Taken, _outcomes.Count));
    }

    /// <summary>Waits for the outcome. The time limit is reached only if a test fails.</summary>
    private static Task<JobOutcome> EndAsync(OutcomeWait wait, CancellationToken aborted = default) =>
        wait.WhenEndedAsync(aborted).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);

    private OutcomeWait Wait(Guid id) => _outcomes.Wait(id, Long, _slots);

    private Guid Accept()
    {
        var job = new AcceptedJob
        {
            Id = Guid.NewGuid(),
            Queue = "posts",
            Route = "POST /posts",
            Payload = [],
            AcceptedAt = _clock.GetUtcNow(),
            MaxWaiting = 1_000,
        };
        return Assert.Single(_store.Accept([job])).Id;
    }

    private static JobEnd End(Guid id, JobEndKind kind, byte[]? result) =>
        new() { Id = id, Queue = "posts", Claim = 1, Kind = kind, Result = result };
}
