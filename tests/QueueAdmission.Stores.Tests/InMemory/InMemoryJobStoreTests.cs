using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Stores.Contract;
using QueueAdmission.Testing;

namespace QueueAdmission.Stores.InMemory;

public sealed class InMemoryJobStoreTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryJobStore _server;
    private readonly IJobStore _store;

    public InMemoryJobStoreTests()
    {
        _server = new InMemoryJobStore(_time);
        _store = _server.Open();
        _store.RenewOwner("a");
    }

    [Theory]
    [InlineData(JobStoreProblem.Unreachable)]
    [InlineData(JobStoreProblem.Full)]
    public void GoAway_AnyCall_ThrowsTheProblemUntilItComesBack(JobStoreProblem problem)
    {
        var job = Jobs.New();
        _store.Accept([job]);

        _server.GoAway(problem);

        Assert.Equal(problem, Assert.Throws<JobStoreException>(() => _store.Accept([Jobs.New()])).Problem);
        Assert.Equal(problem, Assert.Throws<JobStoreException>(() => _store.Find(job.Id)).Problem);
        Assert.Equal(problem, Assert.Throws<JobStoreException>(() => _store.RenewOwner("a")).Problem);
        Assert.Equal(problem, Assert.Throws<JobStoreException>(() => _store.Listen(() => { }, default)).Problem);
        _server.ComeBack();
        Assert.Equal(StoredJobState.Waiting, _store.Find(job.Id)?.State);
        Assert.Equal(1, Assert.Single(_store.ReadCounts()).Accepted);
    }

    [Fact]
    public void LoseOwner_JobsRun_TheNextNodeGetsThemAndTheAttemptCounts()
    {
        _store.Accept([Jobs.New()]);
        var lost = Assert.Single(_store.Advance("a", [], [new JobClaim("posts", 1)]).Jobs);
        using var other = _server.Open();
        Assert.False(other.RenewOwner("b").MayRun);

        _server.LoseOwner();

        Assert.Equal(new JobOwnership(true, 1), other.RenewOwner("b"));
        Assert.False(_store.RenewOwner("a").MayRun);
        Assert.False(Assert.Single(_store.Advance("a", [Jobs.EndOf(lost, JobEndKind.Done)], []).Ends));
        Assert.Equal(2, Assert.Single(other.Advance("b", [], [new JobClaim("posts", 1)]).Jobs).Attempt);
    }

    [Fact]
    public void Advance_RetryWithDelay_IsDueByTheClockOfTheStore()
    {
        _store.Accept([Jobs.New()]);
        var claimed = Assert.Single(_store.Advance("a", [], [new JobClaim("posts", 1)]).Jobs);
        _store.Advance("a", [Jobs.EndOf(claimed, JobEndKind.Retry, TimeSpan.FromMinutes(5))], []);

        _time.Advance(TimeSpan.FromMinutes(4));
        var early = _store.Advance("a", [], [new JobClaim("posts", 1)]);
        _time.Advance(TimeSpan.FromMinutes(1));
        var due = _store.Advance("a", [], [new JobClaim("posts", 1)]);

        Assert.Empty(early.Jobs);
        Assert.Equal(TimeSpan.FromMinutes(1), early.NextDue);
        Assert.Single(due.Jobs);
        Assert.Null(due.NextDue);
    }

    [Fact]
    public void Calls_SomeFail_AreAllCounted()
    {
        var before = _server.Calls;
        _server.GoAway();
        Assert.Throws<JobStoreException>(() => _store.ReadCounts());
        _server.ComeBack();
        _store.ReadCounts();

        Assert.Equal(before + 2, _server.Calls);
    }
}
