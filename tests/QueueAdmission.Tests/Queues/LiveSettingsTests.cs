using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>
/// Verifies that the value in force comes from the strongest layer that specifies one, and that this layer is its
/// source.
/// </summary>
public sealed class LiveSettingsTests
{
    private static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);
    private static readonly OverrideTarget Workers = new WorkersTarget();
    private static readonly OverrideTarget DryRun = new SettingTarget(JobQueueSettings.DryRun);

    private static Task<TestApp> StartAsync(
        string settings = "Queues:line:Workers=8", Action<QueuedAdmissionOptions>? code = null) =>
        TestApp.StartAsync(settings, app => app.UseQueuedAdmission(), services => services.AddQueuedAdmission(code));

    private static RequestQueue Line(TestApp app) => app.Queues.Find("line")!;

    private static SettingSource SourceOf(TestApp app, QueueSetting setting) =>
        app.Queues.Queues.OriginOf(Line(app), setting).Source;

    [Fact]
    public async Task Origin_OfAValueThatCodeGivesAsItIsBuiltIn_IsCode()
    {
        await using var app = await StartAsync("Queues:line:PartitionCapacity=5", o =>
        {
            o.Defaults = queue => queue.MaxWait = TimeSpan.FromSeconds(10);
            o.AddQueue("line", queue => (queue.Workers, queue.PartitionBy) = (16, PartitionBy.User));
        });

        Assert.Equal(SettingSource.Code, SourceOf(app, JobQueueSettings.Workers));
        Assert.Equal(SettingSource.Code, SourceOf(app, JobQueueSettings.MaxWait));
        Assert.Equal(SettingSource.Code, SourceOf(app, RequestQueueSettings.PartitionBy));
        Assert.Equal(SettingSource.BuiltIn, SourceOf(app, JobQueueSettings.Partitions));
        Assert.Equal(SettingSource.BuiltIn, SourceOf(app, JobQueueSettings.Order));
    }

    [Fact]
    public async Task AddQueue_StartsFromTheDefaultsOfTheCode()
    {
        await using var app = await StartAsync("Defaults:PartitionCapacity=5", o =>
        {
            o.Defaults = queue => queue.Workers = 3;
            o.AddQueue("line", queue => queue.Workers *= 2).AddQueue("line", queue => queue.Workers++);
        });

        Assert.Equal((7, 3), (Line(app).Queue.Settings.Workers, app.Queue().Settings.Workers));
    }

    [Fact]
    public async Task Update_SettingsForRequests_HoldAtOnceUntilConfigurationChanges()
    {
        await using var app = await StartAsync();
        app.Queues.Update(
            "LINE",
            settings => (settings.RejectionStatusCode, settings.PartitionBy, settings.ReleaseOn) =
                (429, PartitionBy.User, ReleaseOn.ResponseStart));

        var line = Line(app);
        Assert.Equal(
            (429, PartitionBy.User, ReleaseOn.ResponseStart),
            (line.Settings.RejectionStatusCode, line.Settings.PartitionBy, line.Settings.ReleaseOn));
        Assert.False(line.Settings.IsUniform);
        Assert.Equal(64, line.Queue.GetSnapshot().WaitingByPartition.Count);
        Assert.Equal(SettingSource.LiveUpdate, SourceOf(app, RequestQueueSettings.RejectionStatusCode));
        // A change by code that has access only to the queue does not affect the settings for requests.
        line.Queue.Update(settings => settings.Workers = 2);
        Assert.Equal((429, 2), (line.Settings.RejectionStatusCode, line.Settings.Engine.Workers));

        app.Reload("Queues:line:Workers=9");

        Assert.Equal(
            (503, PartitionBy.RoundRobin, null),
            (line.Settings.RejectionStatusCode, line.Settings.PartitionBy, line.Settings.ReleaseOn));
        Assert.True(line.Settings.IsUniform);
        Assert.Equal((9, 1), (line.Queue.Settings.Workers, line.Queue.GetSnapshot().WaitingByPartition.Count));
    }

    [Fact]
    public async Task Update_KeyedByOtherCode_HoldsUntilConfigurationChanges()
    {
        // Both delegates are displayed as the same text.
        var (first, second) = (PartitionBy.Custom(_ => "a"), PartitionBy.Custom(_ => "b"));
        await using var app = await StartAsync(code: o => o.AddQueue("line", queue => queue.PartitionBy = first));
        Assert.Same(first, Line(app).Settings.PartitionBy);

        app.Queues.Update("line", settings => settings.PartitionBy = second);
        Assert.Same(second, Line(app).Settings.PartitionBy);
        app.Reload("Queues:line:Workers=9");

        Assert.Same(first, Line(app).Settings.PartitionBy);
    }

    [Fact]
    public async Task Update_OneSettingOutOfRange_ChangesNone()
    {
        await using var app = await StartAsync();

        var exception = Assert.Throws<OptionsValidationException>(
            () => app.Queues.Update(
                "line",
                settings => (settings.RejectionStatusCode, settings.MaxWorkersPerKey, settings.Workers) = (700, 2, 4)));

        Assert.Equal(
            [
                "Queue 'line': RejectionStatusCode is 700; allowed: 400 to 599.",
                "Queue 'line': MaxWorkersPerKey is 2; allowed: only with PartitionBy, which is RoundRobin.",
            ],
            exception.Failures);
        Assert.Equal((503, 8), (Line(app).Settings.RejectionStatusCode, Line(app).Queue.Settings.Workers));
        Assert.Equal(SettingSource.ConfigurationQueue, SourceOf(app, JobQueueSettings.Workers));
    }

    [Fact]
    public async Task Update_CallbackThrowsOrUpdatesAgain_ChangesNothingOfThat()
    {
        await using var app = await StartAsync();

        Assert.Throws<InvalidTimeZoneException>(() => app.Queues.Update("line", settings =>
        {
            settings.Workers = 2;
            throw new InvalidTimeZoneException();
        }));
        app.Queues.Update("line", settings =>
        {
            settings.Workers = 3;
            Assert.Throws<InvalidOperationException>(() => app.Queues.Update("line", inner => inner.Workers = 4));
        });

        Assert.Equal(3, Line(app).Queue.Settings.Workers);
    }

    [Fact]
    public async Task Update_NoSuchQueueOrNull_Throws()
    {
        await using var app = await StartAsync();

        Assert.Throws<KeyNotFoundException>(() => app.Queues.Update("nowhere", _ => { }));
        Assert.Throws<ArgumentNullException>("name", () => app.Queues.Update(null!, _ => { }));
        Assert.Throws<ArgumentNullException>("change", () => app.Queues.Update("line", null!));
        Line(app).Queue.Dispose();
        Assert.Throws<ObjectDisposedException>(() => app.Queues.Update("line", settings => settings.Workers = 2));
    }

    [Fact]
    public async Task Update_ManyTimes_KeepsOneLayer()
    {
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), DryRun, "true", QuarterHour, "alice");

        for (var workers = 1; workers <= 50; workers++)
            app.Queues.Update("line", settings => settings.Workers = workers);

        Assert.Equal(2, Line(app).Live.Changes.Count);
        Assert.Equal((50, true), (Line(app).Queue.Settings.Workers, Line(app).Queue.Settings.DryRun));
    }

    [Fact]
    public async Task Override_OverALiveUpdate_EndsAtThatUpdate()
    {
        await using var app = await StartAsync();
        app.Queues.Update("line", settings => settings.Workers = 11);
        var set = app.Queues.Overrides.Set(Line(app), Workers, "3", QuarterHour, "alice");
        Assert.Equal(("11", "3", 11), (set.Underlying, set.Value, Line(app).Queue.Settings.Workers));

        app.Clock.Advance(QuarterHour);

        Assert.Equal(
            (11, SettingSource.LiveUpdate),
            (Line(app).Queue.Settings.Workers, SourceOf(app, JobQueueSettings.Workers)));
    }

    [Fact]
    public async Task Override_OfAnotherSetting_LeavesWhatCodeChangedInForce()
    {
        var capacity = new SettingTarget(JobQueueSettings.PartitionCapacity);
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), capacity, "3", QuarterHour, "alice");
        Line(app).Queue.Update(settings => settings.PartitionCapacity = 11);

        app.Queues.Overrides.Set(Line(app), DryRun, "true", QuarterHour, "bob");

        Assert.Equal((11, true), (Line(app).Queue.Settings.PartitionCapacity, Line(app).Queue.Settings.DryRun));
        Assert.Equal(
            (SettingSource.LiveUpdate, SettingSource.Override),
            (SourceOf(app, JobQueueSettings.PartitionCapacity), SourceOf(app, JobQueueSettings.DryRun)));
        app.Clock.Advance(QuarterHour);
        Assert.Equal((11, false), (Line(app).Queue.Settings.PartitionCapacity, Line(app).Queue.Settings.DryRun));
    }

    [Fact]
    public async Task Override_ALayerUnderAnother_EndsWithoutTheOther()
    {
        var capacity = new SettingTarget(JobQueueSettings.PartitionCapacity);
        await using var app = await StartAsync();
        app.Queues.Overrides.Set(Line(app), capacity, "3", QuarterHour, "alice");
        app.Queues.Overrides.Set(Line(app), DryRun, "true", 2 * QuarterHour, "bob");

        app.Clock.Advance(QuarterHour);

        Assert.Equal((100, true), (Line(app).Queue.Settings.PartitionCapacity, Line(app).Queue.Settings.DryRun));
        Assert.Equal(SettingSource.BuiltIn, SourceOf(app, JobQueueSettings.PartitionCapacity));
    }

    [Fact]
    public async Task Reload_SameValuesFromElsewhere_MovesTheOriginAndKeepsLiveUpdates()
    {
        await using var app = await StartAsync();
        app.Queues.Update("line", settings => settings.PartitionCapacity = 5);

        app.Reload("Defaults:MaxWait=00:00:10 Defaults:Workers=16");

        Assert.Equal(
            (SettingSource.ConfigurationDefaults, 5),
            (SourceOf(app, JobQueueSettings.MaxWait), Line(app).Queue.Settings.PartitionCapacity));
    }

    [Fact]
    public async Task End_UnderlyingValueContradictsOtherSettings_KeepsTheValueAsOneOfCode()
    {
        var capacity = new SettingTarget(JobQueueSettings.PartitionCapacity);
        await using var app = await StartAsync("Queues:line:PartitionCapacity=1000");
        app.Queues.Overrides.Set(Line(app), capacity, "10", QuarterHour, "alice");
        Line(app).Queue.Update(settings => settings.Partitions = 4096);

        app.Clock.Advance(QuarterHour);

        Assert.Equal(
            (10, SettingSource.LiveUpdate), (
                Line(app).Queue.Settings.PartitionCapacity, SourceOf(app, JobQueueSettings.PartitionCapacity)));
        Assert.Empty(app.Queues.Overrides.Of(Line(app)));
    }
}
