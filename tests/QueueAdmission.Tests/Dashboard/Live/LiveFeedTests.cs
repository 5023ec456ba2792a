using Microsoft.Extensions.Logging.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

/// <summary>Verifies when the feed takes a snapshot of the state, and for which viewers.</summary>
public sealed class LiveFeedTests : IAsyncLifetime
{
    // The history has a timer even if no page is open.
    private const int HistoryTimer = 1;

    private static readonly LiveReport Empty = new() { LastReload = null, Defaults = [], Queues = [] };

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly FakeLogger _log = new();
    private DashboardApp _app = null!;
    private Func<LiveReport> _describe = () => Empty;
    private int _drawings;
    private LiveFeed _feed = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await DashboardApp.StartAsync();
        _feed = new LiveFeed(_app.Registry, Describe, _app.Clock, _log);
    }

    public async ValueTask DisposeAsync()
    {
        _feed.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public void Joins_InOneTick_HaveTheStateDrawnOnce()
    {
        for (var i = 0; i < 300; i++)
            Join();
        Assert.Equal(1, _drawings);

        Tick();
        for (var i = 0; i < 100; i++)
            Join();

        Assert.Equal(2, _drawings);
    }

    [Fact]
    public async Task Joins_AtTheSameTime_HaveTheStateDrawnOnceAndAllGetIt()
    {
        var gate = new ManualResetEventSlim();
        _describe = () =>
        {
            gate.Wait(Bound);
            return Empty;
        };
        var first = Task.Run(Join, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Volatile.Read(ref _drawings) == 1);

        // A snapshot is being taken. Viewers join and leave meanwhile, so this holds no lock of the feed.
        var others = Task.Run(
            () =>
            {
                Join();
                Join();
                Leave();
                _feed.RecordRunningJobs();
            },
            TestContext.Current.CancellationToken);
        await others.WaitAsync(Bound, TestContext.Current.CancellationToken);
        var waiting = _feed.Latest;
        Assert.Null(waiting.Frame);
        gate.Set();

        await first.WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.NotNull((await waiting.Next.WaitAsync(Bound, TestContext.Current.CancellationToken)).Frame);
        Assert.Equal(1, _drawings);
    }

    [Fact]
    public async Task Tick_WhileADrawingIsUnderWay_DrawsNoSecondOne()
    {
        Join();
        var gate = new ManualResetEventSlim();
        _describe = () =>
        {
            gate.Wait(Bound);
            return Empty;
        };
        var slow = Task.Run(Tick, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Volatile.Read(ref _drawings) == 2);

        _feed.Join();
        gate.Set();
        await slow.WaitAsync(Bound, TestContext.Current.CancellationToken);

        Assert.Equal(2, _drawings);
    }

    [Fact]
    public void Leave_TheLastViewer_StopsAndForgetsTheState()
    {
        Join();
        Assert.NotNull(_feed.Latest.Frame);

        Leave();
        Assert.Null(_feed.Latest.Frame);
        Assert.Equal(HistoryTimer, _app.Clock.TimersArmed);

        Join();
        Assert.Equal(2, _drawings);
    }

    [Fact]
    public void Leave_DuringTheDrawing_PublishesNothing()
    {
        _describe = () =>
        {
            Leave();
            return Empty;
        };

        Join();

        Assert.Null(_feed.Latest.Frame);
        Assert.Equal(HistoryTimer, _app.Clock.TimersArmed);
    }

    [Fact]
    public void Leave_AndJoinDuringTheDrawing_GivesTheNewViewerThatDrawing()
    {
        LiveBeat? waiting = null;
        _describe = () =>
        {
            _describe = () => Empty;
            Leave();
            Join();
            waiting = _feed.Latest;
            return Empty;
        };

        Join();

        Assert.NotNull(waiting);
        Assert.True(waiting.Next.IsCompletedSuccessfully);
        Assert.NotNull(_feed.Latest.Frame);
        Assert.Equal(1, _drawings);
    }

    [Fact]
    public void Drawing_Fails_IsLoggedOnceAndTheNextOneIsSent()
    {
        _describe = () => throw new InvalidOperationException("A setting cannot be shown.");

        Join();
        Tick();
        Tick();

        Assert.Equal(82, Assert.Single(_log.Collector.GetSnapshot()).Id.Id);
        Assert.Null(_feed.Latest.Frame);

        _describe = () => Empty;
        Tick();
        Assert.NotNull(_feed.Latest.Frame);
    }

    [Fact]
    public async Task Viewers_ThatComeAndGoOnManyThreads_AllGetAFrameAndLeaveNothingRunning()
    {
        var (drawing, overlaps) = (0, 0);
        _describe = () =>
        {
            if (Interlocked.Increment(ref drawing) != 1)
                Interlocked.Increment(ref overlaps);
            Thread.Yield();
            Interlocked.Decrement(ref drawing);
            return Empty;
        };
        var viewers = Enumerable.Range(0, 8).Select(seed => Task.Run(
            async () =>
            {
                var random = new Random(seed);
                for (var i = 0; i < 500; i++)
                {
                    Join();
                    var beat = _feed.Latest;
                    if (beat.Frame is null)
                        await beat.Next.WaitAsync(Bound);
                    if (random.Next(3) == 0)
                        await Task.Yield();
                    Leave();
                }
            },
            TestContext.Current.CancellationToken));

        await Task.WhenAll(viewers);

        Assert.Equal(0, overlaps);
        Assert.Null(_feed.Latest.Frame);
        Assert.Equal((0, HistoryTimer), (_feed.Places.Count, _app.Clock.TimersArmed));
    }

    private LiveReport Describe()
    {
        Interlocked.Increment(ref _drawings);
        return _describe();
    }

    private void Join()
    {
        Assert.Equal(ViewerAdmission.Admitted, _feed.Places.TryTake("", null));
        _feed.Join();
    }

    private void Leave()
    {
        _feed.Places.Release("", null);
        _feed.Leave();
    }

    private void Tick() => _app.Clock.Advance(LiveFeed.Interval);
}
