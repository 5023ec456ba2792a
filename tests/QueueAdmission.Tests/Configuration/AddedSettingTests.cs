using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using QueueAdmission.Configuration.Schema;
using QueueAdmission.Dashboard;
using QueueAdmission.Doubles;

namespace QueueAdmission.Configuration;

/// <summary>Verifies that a setting that a package registers behaves like a built-in setting everywhere.</summary>
public sealed class AddedSettingTests
{
    private static readonly QueueSetting<int> Budget = new("Budget", SettingValues.WholeNumber(1, 100))
    {
        Default = 10,
        Description = "How many jobs all nodes together may run.",
        Unit = "jobs",
        CanBeOverridden = true,
    };

    private static readonly QueueSetting<TimeSpan?> Grace = new(
        "Grace",
        SettingValues.Optional(
            SettingValues.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), orInfinite: true)))
    {
        Default = null,
        DefaultWords = "derived from Budget",
        Description = "How long a node goes on alone.",
    };

    private static readonly QueueSetting<string> Store = new(
        "Store",
        SettingValues.Text(
            "Local, Shared:name",
            text => text is "Local" || text.StartsWith("Shared:", StringComparison.Ordinal) ? text : null))
    {
        Default = "Local",
        Description = "Where nodes meet.",
    };

    private static readonly SettingTable Table = SettingTable.BuiltIn.With([Budget, Grace, Store]);

    [Fact]
    public void Validator_ValueOutOfRange_NamesKeyValueAndRange()
    {
        using var queue = new JobQueue(new(), name: "orders");
        var bad = new JobQueueOptions();
        bad.Set(Budget, 101);

        var onUpdate = Assert.Throws<OptionsValidationException>(
            () => queue.Update(options => options.Set(Budget, 101)));
        var onStart = Assert.Throws<OptionsValidationException>(() => new JobQueue(bad, name: "orders"));

        Assert.Equal("Queue 'orders': Budget is 101; allowed: 1 to 100.", Assert.Single(onUpdate.Failures));
        Assert.Equal(onUpdate.Failures, onStart.Failures);
        Assert.Equal(10, queue.GetSetting(Budget));
    }

    [Fact]
    public void Schema_OfTheTable_DescribesIt()
    {
        var settings = SchemaBuilder.Build(Table)["definitions"]!["queueAdmissionSettings"]!["properties"]!;

        var budget = settings["Budget"]!;
        Assert.Equal(
            (1, 100, 10),
            (
                budget["minimum"]!.GetValue<int>(),
                budget["maximum"]!.GetValue<int>(),
                budget["default"]!.GetValue<int>()));
        Assert.Equal(
            "How many jobs all nodes together may run. Default 10; range 1 to 100 jobs.",
            budget["description"]!.GetValue<string>());
        Assert.Equal(
            "How long a node goes on alone. Default derived from Budget; range 00:00:01 to 00:01:00, or infinite.",
            settings["Grace"]!["description"]!.GetValue<string>());
        Assert.Null(settings["Grace"]!["default"]);
        Assert.Equal("Local", settings["Store"]!["default"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("Budget", "0", "Queues:a:Budget is 0; allowed: 1 to 100.")]
    [InlineData("budget", "many", "Queues:a:budget is 'many'; allowed: a whole number, 1 to 100.")]
    [InlineData(
        "Grace",
        "30",
        "Queues:a:Grace is '30'; allowed: hh:mm:ss, 00:00:01 to 00:01:00, or infinite. "
        + "A bare number would be 30 days; for seconds write 00:00:30.")]
    [InlineData("Store", "Moon", "Queues:a:Store is 'Moon'; allowed: Local, Shared:name.")]
    [InlineData(
        "Budgt", "5", "Queues:a:Budgt is '5', but there is no such key; did you mean Budget? allowed: Workers, ")]
    public void Configuration_Wrong_IsDescribed(string key, string value, string expected)
    {
        var (_, errors) = Read(($"Queues:a:{key}", value));

        Assert.StartsWith($"QueuedAdmission:{expected}", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_Null_TakesBackWhatDefaultsSay()
    {
        var (queues, errors) = Read(
            ("Defaults:Grace", "infinite"), ("Queues:a:Grace", ""), ("Queues:b:Store", "Shared:x"));

        Assert.Empty(errors);
        Assert.Null(queues.Queues["a"].Get(Grace));
        Assert.Equal(
            (Timeout.InfiniteTimeSpan, "Shared:x"), (queues.Queues["b"].Get(Grace), queues.Queues["b"].Get(Store)));
        Assert.Equal(
            new SettingOrigin(SettingSource.ConfigurationQueue, "QueuedAdmission:Queues:a:Grace"),
            queues.Layers["a"].OriginOf(Grace));
    }

    [Fact]
    public async Task Dashboard_ShowsValueAndOrigin_AndOverrides()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.RequireAuthorization("look").AllowSteering("steer"),
            services: services => services.AddQueueSetting(Budget).AddQueueSetting(Store),
            settings: "Defaults:Store=Shared:x Queues:line:Budget=20");

        Assert.Equal(("20", "configuration_queue"), await ShownAsync("Budget"));
        Assert.Equal(("Shared:x", "configuration_defaults"), await ShownAsync("Store"));
        Assert.Equal(200, (await app.SteerAsync("/queues/line/overrides/budget", """{"value": 5}""")).Status);
        Assert.Equal(("5", "override"), await ShownAsync("Budget"));
        Assert.Equal(5, app.Line.Queue.GetSetting(Budget));
        Assert.Equal(400, (await app.SteerAsync("/queues/line/overrides/Budget", """{"value": 101}""")).Status);
        // Some settings cannot be overridden.
        Assert.Equal(404, (await app.SteerAsync("/queues/line/overrides/Store", """{"value": "Local"}""")).Status);

        app.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(20, app.Line.Queue.GetSetting(Budget));

        async Task<(string?, string?)> ShownAsync(string key)
        {
            var settings = (await app.SteerAsync("/queues/line", method: "GET", body: "")).Json.GetProperty("settings")
                .EnumerateArray();
            var shown = settings.Single(setting => setting.GetProperty("key").GetString() == key);
            return (shown.GetProperty("value").GetString(), shown.GetProperty("source").GetString());
        }
    }

    [Fact]
    public async Task Reload_ChangesItLiveAndLogsIt()
    {
        await using var app = await TestAppWithAsync("Queues:line:Budget=20");
        var queue = app.Queue("line");
        Assert.Equal(20, queue.GetSetting(Budget));

        app.Reload("Queues:line:Budget=30");

        Assert.Equal(30, queue.GetSetting(Budget));
        Assert.Contains(app.Log.GetSnapshot(), line => line.Message == "Queue line has new settings: Budget 20 → 30.");
    }

    [Fact]
    public async Task Code_GivesAndChangesIt()
    {
        await using var app = await TestAppWithAsync(
            "Queues:line:Workers=8", options => options.AddQueue("line", queue => queue.Set(Budget, 40)));
        var queue = app.Queue("line");
        Assert.Equal(40, queue.GetSetting(Budget));

        app.Queues.Update("line", settings => settings.Set(Budget, settings.Get(Budget) + 1));
        Assert.Equal(41, queue.GetSetting(Budget));
        queue.Update(settings => settings.Set(Budget, 42));
        Assert.Equal(42, queue.GetSnapshot().Settings.Get(Budget));
        Assert.Equal(SettingSource.LiveUpdate, app.Queues.Queues.OriginOf(app.Queues.Find("line")!, Budget).Source);

        app.Reload("Queues:line:Workers=9");
        Assert.Equal(40, queue.GetSetting(Budget));
    }

    [Fact]
    public async Task KeyOfTheTable_AsABuiltInOne_StopsTheStart()
    {
        var clash =
            new QueueSetting<bool>("ReleaseOn", SettingValues.Switch()) { Default = false, Description = "Clashes." };

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestApp.StartAsync("", app => app.UseQueuedAdmission(), services => services.AddQueueSetting(clash)));

        Assert.Contains("ReleaseOn", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddQueueSetting_BadOrTwice_IsRefusedAtOnce()
    {
        var services = new ServiceCollection().AddQueueSetting(Budget).AddQueueSetting(Budget);
        var other =
            new QueueSetting<bool>("BUDGET", SettingValues.Switch()) { Default = false, Description = "Another." };
        var bad = new QueueSetting<int>("Bad", SettingValues.WholeNumber(1, 2))
        {
            Default = 3,
            Description = "Has a bad default.",
        };

        Assert.Single(services);
        Assert.Throws<ArgumentException>("setting", () => services.AddQueueSetting(other));
        Assert.Throws<ArgumentException>("setting", () => services.AddQueueSetting(bad));
        Assert.Throws<ArgumentException>(
            "key", () => new QueueSetting<bool>("a b", SettingValues.Switch()) { Default = false, Description = "" });
    }

    [Fact]
    public async Task Code_GivesOneThatIsNotRegistered_StopsTheStart()
    {
        var exception = await Assert.ThrowsAsync<QueueConfigurationException>(() => TestApp.StartAsync(
            "Queues:line:Workers=8",
            app => app.UseQueuedAdmission(),
            services => services.AddQueuedAdmission(options =>
            {
                options.Defaults = queue => queue.Set(Store, "Shared:x");
                options.AddQueue("line", queue => queue.Set(Budget, 40));
            })));

        Assert.Contains(
            "Budget in code for line has no effect, because it is not registered. "
            + "Call the registration method of its package, or AddQueueSetting(setting).",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains("Store in code has no effect", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_GivesTheDefaultOfOneThatIsNotRegistered_Starts()
    {
        await using var app = await TestAppWithAsync(
            "Queues:line:Workers=8", options => options.AddQueue("line", queue => queue.Set(Store, "Local")));

        Assert.Equal("Local", app.Queue("line").GetSetting(Store));
    }

    [Fact]
    public async Task Update_GivesOneThatIsNotRegistered_IsRefusedAndChangesNothing()
    {
        await using var app = await TestAppWithAsync("Queues:line:Workers=8");
        var queue = app.Queue("line");

        var ofQueue = Assert.Throws<OptionsValidationException>(() => queue.Update(settings =>
        {
            settings.Workers = 9;
            settings.Set(Store, "Shared:x");
        }));
        var ofRegistry = Assert.Throws<OptionsValidationException>(
            () => app.Queues.Update("line", settings => settings.Set(Store, "Shared:x")));

        Assert.StartsWith(
            "Queue 'line': Store in code has no effect", Assert.Single(ofQueue.Failures), StringComparison.Ordinal);
        Assert.Equal(ofQueue.Failures, ofRegistry.Failures);
        Assert.Equal((8, "Local"), (queue.GetSnapshot().Settings.Workers, queue.GetSetting(Store)));
    }

    private static Task<TestApp> TestAppWithAsync(string settings, Action<QueuedAdmissionOptions>? configure = null) =>
        TestApp.StartAsync(
        settings,
        _ => { },
        services => services.AddQueueSetting(Budget).AddQueueSetting(Grace).AddQueuedAdmission(configure));

    private static (ConfiguredQueues Queues, IReadOnlyList<string> Errors) Read(
        params (string Key, string Value)[] settings) => QueueConfigurationReader.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(
                setting => KeyValuePair.Create($"QueuedAdmission:{setting.Key}", (string?)setting.Value)))
            .Build(),
        new CodeSettings(new QueuedAdmissionOptions(), Table));
}
