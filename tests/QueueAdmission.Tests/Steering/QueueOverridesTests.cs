using QueueAdmission.Doubles;

namespace QueueAdmission.Steering;

public class QueueOverridesTests
{
    private static readonly OverrideTarget Workers = new WorkersTarget();
    private static readonly OverrideTarget Paused = new PauseTarget();
    private static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);

    private static Task<TestApp> StartAsync(string settings = "Queues:line:Workers=8") =>
        TestApp.StartAsync(settings, _ => { });

    private static RequestQueue Line(TestApp app) => app.Queues.Find("line")!;

    private static SettingSource SourceOfWorkers(TestApp app) =>
        app.Queues.Queues.OriginOf(Line(app), JobQueueSettings.Workers).Source;

    [Fact]
    public async Task Set_Workers_HoldsUntilItsEndAndThenConfigurationDoes()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), Workers, "3", QuarterHour, "alice");

        Assert.Equal((3, SettingSource.Override), (Line(app).Queue.GetSnapshot().Workers, SourceOfWorkers(app)));
        app.Clock.Advance(QuarterHour - TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, Line(app).Queue.GetSnapshot().Workers);
        app.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(
            (8, SettingSource.ConfigurationQueue), (Line(app).Queue.GetSnapshot().Workers, SourceOfWorkers(app)));
        Assert.Empty(app.Queues.Overrides.Of(Line(app)));
        Assert.Equal([70, 72], app.Log.GetSnapshot().Select(line => line.Id.Id).Where(id => id is >= 70 and < 80));
    }

    [Fact]
    public async Task Set_Again_ReplacesTheFirstAndStillEndsAtConfiguration()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), Workers, "3", QuarterHour, "alice");
        app.Clock.Advance(TimeSpan.FromMinutes(10));

        app.Queues.Overrides.Set(Line(app), Workers, "5", QuarterHour, "bob");

        app.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(5, Line(app).Queue.GetSnapshot().Workers);
        Assert.Equal(
            ("8", "bob"),
            (app.Queues.Overrides.Of(Line(app)).Single().Underlying, app.Queues.Overrides.Of(Line(app)).Single().By));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(8, Line(app).Queue.GetSnapshot().Workers);
    }

    [Fact]
    public async Task Reload_WhileOverridden_TakesTheRestAndComesIntoForceAfterwards()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), Workers, "3", QuarterHour, "alice");

        app.Reload("Queues:line:Workers=6 Queues:line:PartitionCapacity=7");

        Assert.Equal((3, 7), (Line(app).Queue.GetSnapshot().Workers, Line(app).Settings.Engine.PartitionCapacity));
        Assert.Equal("6", app.Queues.Overrides.Of(Line(app)).Single().Underlying);
        app.Clock.Advance(QuarterHour);
        Assert.Equal((6, 7), (Line(app).Queue.GetSnapshot().Workers, Line(app).Settings.Engine.PartitionCapacity));
    }

    [Fact]
    public async Task Reload_ThatDoesNotGoWithAnOverride_EndsIt()
    {
        await using var app = await StartAsync("Queues:line:PartitionCapacity=10");
        app.Queues.Overrides.Set(
            Line(app), new SettingTarget(JobQueueSettings.PartitionCapacity), "1000", QuarterHour, "alice");

        app.Reload("Queues:line:Partitions=4096");

        Assert.Equal((4096, 10), (Line(app).Settings.Engine.Partitions, Line(app).Settings.Engine.PartitionCapacity));
        Assert.Contains(app.Log.GetSnapshot(), line => line.Id.Id == 73);
        Assert.True(app.Queues.LastReload!.Succeeded);
    }

    [Fact]
    public async Task Undo_BeforeItsTime_PutsBackAndLeavesNothingBehind()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), Workers, "3", QuarterHour, "alice");

        Assert.True(app.Queues.Overrides.Undo(Line(app), Workers, "bob"));

        Assert.Equal(8, Line(app).Queue.GetSnapshot().Workers);
        Assert.False(app.Queues.Overrides.Undo(Line(app), Workers, "bob"));
        Assert.Contains(
            app.Log.GetSnapshot(), line => line.Id.Id == 71 && line.Message.Contains("bob", StringComparison.Ordinal));
    }

    [Fact]
    public async Task End_CodeHasChangedTheSettingMeanwhile_PutsThatInForce()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), Workers, "3", QuarterHour, "alice");
        Line(app).Queue.Update(settings => settings.Workers = 11);
        Assert.Equal((3, SettingSource.Override), (Line(app).Queue.GetSnapshot().Workers, SourceOfWorkers(app)));

        app.Clock.Advance(QuarterHour);

        Assert.Equal((11, SettingSource.LiveUpdate), (Line(app).Queue.GetSnapshot().Workers, SourceOfWorkers(app)));
    }

    [Fact]
    public async Task End_SetAgainAfterCodeHadChangedIt_PutsBackWhatCodeSaid()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), Workers, "3", QuarterHour, "alice");
        Line(app).Queue.Update(settings => settings.Workers = 11);
        app.Queues.Overrides.Set(Line(app), Workers, "5", QuarterHour, "bob");

        app.Clock.Advance(QuarterHour);

        Assert.Equal(11, Line(app).Queue.GetSnapshot().Workers);
    }

    [Fact]
    public async Task Workers_OfAQueueThatFindsThemItself_StayFixedUntilTheEnd()
    {
        // The override is below the minimum of the adaptive workers, as in an emergency.
        await using var app =
            await StartAsync("Queues:line:Workers=8 Queues:line:AdaptiveWorkers=true Queues:line:MinWorkers=4");
        var queue = Line(app).Queue;
        app.Queues.Overrides.Set(Line(app), Workers, "2", QuarterHour, "alice");
        Assert.Equal((2, false), (Line(app).Queue.GetSnapshot().Workers, queue.Engine.MeasuresLatency));

        app.Reload("Queues:line:Workers=8 Queues:line:AdaptiveWorkers=true Queues:line:MinWorkers=3");
        Assert.Equal((2, false), (Line(app).Queue.GetSnapshot().Workers, queue.Engine.MeasuresLatency));
        app.Clock.Advance(QuarterHour);

        Assert.Equal((8, true), (Line(app).Queue.GetSnapshot().Workers, queue.Engine.MeasuresLatency));
    }

    [Fact]
    public async Task Paused_UntilItsEnd_NoJobStarts()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), Paused, "true", QuarterHour, "alice");
        var waiter = Line(app).Queue.RunAsync(_ => Task.CompletedTask, TestContext.Current.CancellationToken);
        Assert.Equal(1, Line(app).Queue.GetSnapshot().Waiting);
        // MaxWait must not end the wait before the override ends.
        Line(app).Queue.Update(settings => settings.MaxWait = Timeout.InfiniteTimeSpan);

        app.Clock.Advance(QuarterHour);

        await waiter;
        Assert.Equal(JobQueueState.Running, Line(app).Queue.GetSnapshot().State);
    }

    [Fact]
    public async Task Paused_DrainedMeanwhile_StaysDrained()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), Paused, "true", QuarterHour, "alice");
        _ = Line(app).Queue.DrainAsync(TestContext.Current.CancellationToken);

        app.Clock.Advance(QuarterHour);

        Assert.Equal(JobQueueState.Draining, Line(app).Queue.GetSnapshot().State);
        Assert.Empty(app.Queues.Overrides.Of(Line(app)));
    }

    [Fact]
    public async Task Resumed_CodeHadPaused_IsPausedAgainAfterwards()
    {
        await using var app = await StartAsync();
        Line(app).Queue.Pause();
        app.Queues.Overrides.Set(Line(app), Paused, "false", QuarterHour, "alice");
        Assert.Equal(JobQueueState.Running, Line(app).Queue.GetSnapshot().State);

        app.Clock.Advance(QuarterHour);

        Assert.Equal(JobQueueState.Paused, Line(app).Queue.GetSnapshot().State);
    }

    [Fact]
    public async Task Remove_QueueThatIsOverridden_ComesBackAsConfigured()
    {
        await using var app = await StartAsync();
        var line = Line(app);
        app.Queues.Overrides.Set(line, Workers, "3", QuarterHour, "alice");

        app.Remove("Queues:line");
        Assert.Empty(app.Queues.Overrides.Of(line));
        app.Reload("Queues:line:Workers=8");

        Assert.Same(line, Line(app));
        Assert.Equal((8, JobQueueState.Running), (line.Queue.GetSnapshot().Workers, line.Queue.GetSnapshot().State));
    }

    [Fact]
    public async Task Remember_OverridesThatEndedSince_AreInForceAgain()
    {
        await using var app = await StartAsync();
        var overrides = app.Queues.Overrides;
        overrides.Set(Line(app), Workers, "3", QuarterHour, "alice");

        lock (overrides.Gate)
        {
            var takeBack = overrides.RememberLocked();
            overrides.EndAllLocked(Line(app), []);
            Assert.Equal(8, Line(app).Queue.GetSnapshot().Workers);
            takeBack();
        }

        Assert.Equal((3, "3"), (Line(app).Queue.GetSnapshot().Workers, overrides.Of(Line(app)).Single().Value));
    }

    [Fact]
    public async Task Set_OutOfRange_ChangesNothing()
    {
        await using var app = await StartAsync();

        Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(
            () => app.Queues.Overrides.Set(Line(app), Workers, "0", QuarterHour, "alice"));

        Assert.Equal(8, Line(app).Queue.GetSnapshot().Workers);
        Assert.Empty(app.Queues.Overrides.Of(Line(app)));
    }

    [Fact]
    public async Task Stop_WhileOverridden_ChangesNothingAfterwards()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), Paused, "true", QuarterHour, "alice");
        await app.App.StopAsync(TestContext.Current.CancellationToken);

        app.Clock.Advance(QuarterHour);

        Assert.Equal(JobQueueState.Draining, Line(app).Queue.GetSnapshot().State);
        Assert.Throws<InvalidOperationException>(
            () => app.Queues.Overrides.Set(Line(app), Workers, "3", QuarterHour, "alice"));
    }

    [Fact]
    public async Task Timer_WithoutOverrides_StandsStill()
    {
        var clock = new CountingTimeProvider();
        await using var app = await TestApp.StartAsync(
            "Queues:line:Workers=8",
            _ => { },
            services =>
                Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(
                    services, clock));
        Assert.Equal(0, clock.TimersArmed);

        app.Queues.Overrides.Set(Line(app), Workers, "3", QuarterHour, "alice");
        app.Queues.Overrides.Set(Line(app), Paused, "true", QuarterHour, "alice");
        Assert.Equal(1, clock.TimersArmed);
        clock.Advance(QuarterHour);

        Assert.Equal(0, clock.TimersArmed);
    }
}
