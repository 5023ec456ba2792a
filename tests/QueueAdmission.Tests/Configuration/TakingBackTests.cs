using System.Text;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Configuration;

/// <summary>
/// Verifies that a stronger layer can remove every setting. The setting then behaves as if it had never been set.
/// </summary>
public sealed class TakingBackTests
{
    /// <summary>
    /// Values that differ from the built-in defaults. PartitionCapacity is missing, because it is derived and cannot be
    /// set together with MaxWaiting.
    /// </summary>
    private const string EverySetting = """
        "Workers": 2, "Partitions": 3, "MaxWaiting": 12, "MaxWaitingPerKey": 4, "MaxWait": "00:00:05",
        "Order": "NewestFirst", "MinRetryAfter": "00:00:06", "MaxRetryAfter": "00:00:07",
        "RejectionStatusCode": 408, "ReleaseOn": "ResponseStart", "PartitionBy": "Header:X-Tenant",
        "MaxWorkersPerKey": 1, "PriorityFrom": "Header:X-Priority", "DeadlineFrom": "RequestTimeout",
        "DryRun": true, "OverloadControl": true, "OverloadTarget": "00:00:08", "OverloadInterval": "00:00:09",
        "AdaptiveWorkers": true, "MinWorkers": 2, "MaxWorkers": 10, "PartitionMetrics": true,
        "AdaptiveMaxWait": false, "ShowCallers": "Hash",
        "KeyShares": { "gold": 4, "*": 2 }
        """;

    private static readonly RequestQueueOptions BuiltIn = new();

    public static TheoryData<string> Keys =>
        [.. Settable.Select(setting => setting.Key)];

    private static IEnumerable<QueueSetting> Settable =>
        SettingTable.BuiltIn.Configurable.Where(setting => setting != JobQueueSettings.PartitionCapacity);

    private static string Nothing =>
        string.Join(", ", SettingTable.BuiltIn.Configurable.Select(setting => $"\"{setting.Key}\": null"));

    [Fact]
    public void Sample_OfEverySetting_DiffersFromWhatIsBuiltIn()
    {
        var settings = Read(Layer($$""" "Queues": { "a": { {{EverySetting}} } } """))["a"];

        Assert.All(
            SettingTable.BuiltIn.Configurable,
            setting => Assert.NotEqual(setting.Show(BuiltIn), setting.Show(settings)));
    }

    [Fact]
    public void Null_InOneQueue_TakesBackWhatDefaultsSay()
    {
        var queues =
            Read(Layer($$""" "Defaults": { {{EverySetting}} }, "Queues": { "a": { {{Nothing}} }, "b": {} } """));

        Assert.Equal("", SettingTable.BuiltIn.DescribeChanges(BuiltIn, queues["a"]));
        Assert.Equal(2, queues["b"].Workers);
    }

    [Fact]
    public void Null_InALaterLayer_TakesBackWhatAnEarlierOneSays()
    {
        var queues = Read(
            Layer($$""" "Defaults": { {{EverySetting}} }, "Queues": { "a": { {{EverySetting}} } } """),
            Layer($$""" "Defaults": { {{Nothing}} }, "Queues": { "a": { {{Nothing}} } } """));

        Assert.Equal("", SettingTable.BuiltIn.DescribeChanges(BuiltIn, queues["a"]));
        Assert.Equal("", SettingTable.BuiltIn.DescribeChanges(BuiltIn, queues["default"]));
    }

    [Theory]
    [InlineData("Defaults")]
    [InlineData("Queues")]
    public void Null_InConfiguration_TakesBackWhatCodeSays(string where)
    {
        var code = new QueuedAdmissionOptions { Defaults = SetAll };
        code.AddQueue("a", SetAll);
        Assert.NotEqual("", SettingTable.BuiltIn.DescribeChanges(BuiltIn, Read([Layer("")], code)["a"]));

        var section = where == "Defaults"
            ? $$""" "Defaults": { {{Nothing}} } """
            : $$""" "Queues": { "a": { {{Nothing}} } } """;
        var queues = Read([Layer(section)], code);

        Assert.Equal("", SettingTable.BuiltIn.DescribeChanges(BuiltIn, queues["a"]));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Null_ForOneSetting_LeavesTheOthersThatGoWithoutIt(string key)
    {
        var setting = SettingTable.BuiltIn.Find(key)!;
        var all = new RequestQueueOptions();
        SetAll(all);

        setting.Set(all, setting.DefaultValue);

        Assert.Equal(
            setting.Show(new RequestQueueOptions { PartitionBy = all.PartitionBy }),
            setting.Show(key == "PartitionBy" ? BuiltIn : all));
        // Values that are derived from the setting change as well.
        Assert.Equal(key, Assert.Single(Differences(all, WithAll()).Except(key switch
        {
            "PartitionBy" => ["Partitions", "PartitionCapacity"],
            "MaxWaitingPerKey" => ["PartitionCapacity"],
            _ => [],
        })));
    }

    [Fact]
    public void Null_ForPartitionCapacity_LeavesTheRoomToMaxWaiting()
    {
        var queues = Read(Layer("""
            "Defaults": { "PartitionCapacity": 50 },
            "Queues": { "a": { "PartitionCapacity": null, "MaxWaiting": 30 } }
            """));

        Assert.Equal((30, 30), (queues["a"].Places, queues["a"].PartitionCapacity));
    }

    [Fact]
    public void Null_ForPartitions_DerivesThemFromTheKeysAgain()
    {
        var queues = Read(Layer("""
            "Defaults": { "Partitions": 3 },
            "Queues": { "keyed": { "PartitionBy": "User", "Partitions": null }, "line": { "Partitions": null } }
            """));

        Assert.Equal((64, 1, 3), (queues["keyed"].Partitions, queues["line"].Partitions, queues["default"].Partitions));
    }

    [Fact]
    public void ValueAfterNull_InAStillLaterLayer_Holds()
    {
        var queues = Read(
            Layer(""" "Queues": { "a": { "Workers": 2 } } """), Layer(
                """ "Queues": { "a": { "Workers": null } } """), Layer(""" "Queues": { "a": { "Workers": 3 } } """));

        Assert.Equal(3, queues["a"].Workers);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void FallbackQueue_TakenBack_IsNone(string nothing)
    {
        var code = new QueuedAdmissionOptions { FallbackQueue = "default" };

        var (queues, errors) = QueueConfigurationReader.Read(
            Build(
                Layer(""" "FallbackQueue": "a", "Queues": { "a": {} } """),
                Layer($$""" "FallbackQueue": {{nothing}} """)), new CodeSettings(code));

        Assert.Empty(errors);
        Assert.Null(queues.FallbackQueue);
    }

    [Fact]
    public void EmptyText_AsOfAnEnvironmentVariable_TakesBack()
    {
        var environment = SettingTable.BuiltIn.Configurable.Select(
            setting => KeyValuePair.Create($"QueuedAdmission:Queues:a:{setting.Key}", (string?)""));
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(Layer($$""" "Defaults": { {{EverySetting}} } """))
            .AddInMemoryCollection(environment.Append(new("QueuedAdmission:FallbackQueue", "")))
            .Build();

        var (queues, errors) = QueueConfigurationReader.Read(
            configuration, new CodeSettings(new QueuedAdmissionOptions { FallbackQueue = "a" }));

        Assert.Empty(errors);
        Assert.Equal("", SettingTable.BuiltIn.DescribeChanges(BuiltIn, queues.Queues["a"]));
        Assert.Null(queues.FallbackQueue);
    }

    [Theory]
    [InlineData(" \"Queues\": { \"a\": null } ")]
    [InlineData(" \"Queues\": { \"a\": {} } ")]
    [InlineData(" \"Queues\": null ")]
    [InlineData(" \"Defaults\": null ")]
    public void Null_InPlaceOfAnObject_TakesBackNothing(string later)
    {
        var queues =
            Read(Layer(""" "Defaults": { "Workers": 2 }, "Queues": { "a": { "Partitions": 3 } } """), Layer(later));

        Assert.Equal((2, 3), (queues["a"].Workers, queues["a"].Partitions));
    }

    [Fact]
    public void Null_InPlaceOfAQueue_IsAQueueWithoutSettingsOfItsOwn() =>
        Assert.Equal(2, Read(Layer(""" "Defaults": { "Workers": 2 }, "Queues": { "a": null } """))["a"].Workers);

    [Fact]
    public void Null_IsWhereTheSettingComesFrom()
    {
        var (queues, _) = QueueConfigurationReader.Read(
            Build(Layer(""" "Defaults": { "Workers": 2 }, "Queues": { "a": { "Workers": null } } """)),
            new CodeSettings(new QueuedAdmissionOptions()));

        Assert.Equal(
            new SettingOrigin(
                SettingSource.ConfigurationQueue,
                "QueuedAdmission:Queues:a:Workers"), queues.Layers["a"].OriginOf(JobQueueSettings.Workers));
    }

    [Fact]
    public async Task Edit_ToNull_IsTakenLive()
    {
        var configuration = new EditableConfiguration(Text("""
            "Queues": { "a": { "Workers": 2, "PartitionBy": "User", "MaxWorkersPerKey": 1 } }, "FallbackQueue": "a"
            """));
        await using var host = await QueueHost.StartAsync(configuration);

        configuration.Edit(Text("""
            "Queues": { "a": { "Workers": null, "PartitionBy": null, "MaxWorkersPerKey": null } },
            "FallbackQueue": null
            """));

        Assert.Equal(
            "Queue a has new settings: Workers 2 → 16, Partitions 64 → 1, MaxWorkersPerKey 1 → unset, " +
                "PartitionBy User → RoundRobin.",
            await host.Log.NextAsync("QueueChanged"));
        Assert.Null(host.Registry.FallbackQueue);
    }

    private static void SetAll(RequestQueueOptions options)
    {
        var all = WithAll();
        foreach (var setting in Settable)
            setting.Copy(all, options);
    }

    private static RequestQueueOptions WithAll() => Read(Layer($$""" "Defaults": { {{EverySetting}} } """))["default"];

    private static IEnumerable<string> Differences(RequestQueueOptions a, RequestQueueOptions b) =>
        SettingTable.BuiltIn.Configurable.Where(setting => setting.Show(a) != setting.Show(b)).Select(
            setting => setting.Key);

    private static IReadOnlyDictionary<string, RequestQueueOptions> Read(params Stream[] layers) =>
        Read(layers, new QueuedAdmissionOptions());

    private static IReadOnlyDictionary<string, RequestQueueOptions> Read(Stream[] layers, QueuedAdmissionOptions code)
    {
        var (queues, errors) = QueueConfigurationReader.Read(Build(layers), new CodeSettings(code));
        Assert.Empty(errors);
        return queues.Queues;
    }

    private static IConfiguration Build(params Stream[] layers)
    {
        var builder = new ConfigurationBuilder();
        foreach (var layer in layers)
            builder.AddJsonStream(layer);
        return builder.Build();
    }

    private static MemoryStream Layer(string section) => new(Encoding.UTF8.GetBytes(Text(section)));

    private static string Text(string section) => $$"""{ "QueuedAdmission": { {{section}} } }""";
}
