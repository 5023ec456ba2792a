using QueueAdmission.Sqlite;
using QueueAdmission.Stores.Contract;

namespace QueueAdmission.Stores.Sqlite;

/// <summary>Tests due times, retention and end times when the wall clock jumps, and when the host restarts.</summary>
public sealed class SqliteJobClockTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);
    private static readonly JobClaim[] All = [new("posts", 10)];

    private readonly JobFile _file = new();
    private readonly SteppedTime _time = new(Noon);

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public void Advance_WallClockSteps_RetriesAreDueAsIfItHadNot(int minutes)
    {
        using var store = Open("boot");
        Retry(store, TimeSpan.FromMinutes(10));

        _time.Step(TimeSpan.FromMinutes(minutes));

        _time.Advance(TimeSpan.FromMinutes(9));
        var early = store.Advance("a", [], All);
        Assert.Empty(early.Jobs);
        Assert.Equal(TimeSpan.FromMinutes(1), early.NextDue);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(store.Advance("a", [], All).Jobs);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public void Purge_WallClockSteps_TheRetentionIsTheSame(int minutes)
    {
        using var store = Open("boot");
        Done(store);

        _time.Step(TimeSpan.FromMinutes(minutes));

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(0, store.Purge("posts", TimeSpan.FromMinutes(10), 10));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, store.Purge("posts", TimeSpan.FromMinutes(10), 10));
    }

    [Fact]
    public void Find_WallClockStepsAfterTheEnd_TellsTheEndByTheClockAsItIsNow()
    {
        using var store = Open("boot");
        var id = Done(store);
        Assert.Equal(Noon, store.Find(id)!.EndedAt);

        _time.Step(TimeSpan.FromHours(-1));
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(Noon.AddHours(-1), store.Find(id)!.EndedAt);
    }

    [Fact]
    public void Advance_ProcessIsStartedAnewAndTheWallClockStepped_RetriesAreDueAsIfItHadNot()
    {
        using (var store = Open("boot"))
        {
            Retry(store, TimeSpan.FromMinutes(10));
        }
        _time.Step(TimeSpan.FromHours(-1));
        _time.Advance(TimeSpan.FromMinutes(9));

        using var next = Open("boot");

        Assert.Equal(TimeSpan.FromMinutes(1), next.Advance("a", [], All).NextDue);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(next.Advance("a", [], All).Jobs);
    }

    [Fact]
    public void Advance_HostIsStartedAnew_TheWallClockTellsHowMuchTimeHasPassed()
    {
        using (var store = Open("first boot"))
        {
            Retry(store, TimeSpan.FromMinutes(10));
        }
        var later = new SteppedTime(Noon.AddMinutes(9));

        using var next = _file.Open(host: new Host("second boot", later));
        next.RenewOwner("a");

        Assert.Equal(TimeSpan.FromMinutes(1), next.Advance("a", [], All).NextDue);
        later.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(next.Advance("a", [], All).Jobs);
    }

    [Theory]
    [InlineData("second boot")]
    [InlineData("first boot")]
    public void Advance_HostIsStartedAnewWithAWallClockBehind_TheTimeDoesNotGoBack(string bootId)
    {
        using (var store = Open("first boot"))
        {
            Retry(store, TimeSpan.FromMinutes(10));
            _time.Advance(TimeSpan.FromMinutes(4));
            store.Advance("a", [], All);
        }
        var behind = new SteppedTime(Noon.AddYears(-20));

        using var next = _file.Open(host: new Host(bootId, behind));
        next.RenewOwner("a");

        Assert.Equal(TimeSpan.FromMinutes(6), next.Advance("a", [], All).NextDue);
    }

    [Fact]
    public void Accept_TwoProcesses_ReadOneClock()
    {
        using var first = Open("boot");
        Retry(first, TimeSpan.FromMinutes(10));
        _time.Step(TimeSpan.FromHours(1));
        using var second = _file.Open(host: new Host("boot", _time));

        Assert.Equal(TimeSpan.FromMinutes(10), second.Advance("b", [], All).NextDue);
        Assert.Equal(TimeSpan.FromMinutes(10), first.Advance("a", [], All).NextDue);
    }

    private static void Retry(IJobStore store, TimeSpan delay)
    {
        store.Accept([Jobs.New()]);
        var claimed = Assert.Single(store.Advance("a", [], All).Jobs);
        store.Advance("a", [Jobs.EndOf(claimed, JobEndKind.Retry, delay)], []);
    }

    private static Guid Done(IJobStore store)
    {
        store.Accept([Jobs.New()]);
        var claimed = Assert.Single(store.Advance("a", [], All).Jobs);
        store.Advance("a", [Jobs.EndOf(claimed, JobEndKind.Done)], []);
        return claimed.Id;
    }

    private SqliteJobStore Open(string bootId)
    {
        var store = _file.Open(host: new Host(bootId, _time));
        // The node can become the owner, because all earlier processes have ended.
        store.RenewOwner("a");
        return store;
    }

    /// <summary>The clocks of a host. The wall clock can jump while the monotonic clock continues.</summary>
    private sealed class SteppedTime(DateTimeOffset start) : TimeProvider
    {
        private TimeSpan _monotonic = TimeSpan.FromMinutes(3);
        private DateTimeOffset _wall = start;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _monotonic.Ticks;

        public override DateTimeOffset GetUtcNow() => _wall;

        public void Advance(TimeSpan time)
        {
            _monotonic += time;
            _wall += time;
        }

        public void Step(TimeSpan time) => _wall += time;
    }
}
