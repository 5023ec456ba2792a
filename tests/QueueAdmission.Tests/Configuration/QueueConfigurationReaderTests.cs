using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Configuration;

/// <summary>Verifies how valid sections are read, and how they combine with settings in code.</summary>
public sealed class QueueConfigurationReaderTests
{
    [Fact]
    public void Read_EverySetting_IsRead()
    {
        var (queues, errors) = Read("""
            { "QueuedAdmission": {
                "$schema": "https://example.org/schema.json",
                "FallbackQueue": "Checkout",
                "Queues": { "checkout": {
                    "Workers": 1, "Partitions": 2, "PartitionCapacity": 3, "MaxWait": "00:00:04.5",
                    "Order": "newestfirst", "MinRetryAfter": "0:00:05", "MaxRetryAfter": "01:00:00",
                    "RejectionStatusCode": 429, "ReleaseOn": "responsestart", "PartitionBy": "header:X-Tenant",
                    "MaxWorkersPerKey": 6, "PriorityFrom": "Header:X-Priority",
                    "DeadlineFrom": "RequestTimeout", "DryRun": true,
                    "OverloadControl": true, "OverloadTarget": "00:00:00.05", "OverloadInterval": "00:00:00.2",
                    "AdaptiveWorkers": "True", "MinWorkers": 1, "MaxWorkers": 32 } } } }
            """);

        Assert.Empty(errors);
        var checkout = queues.Queues["CHECKOUT"];
        Assert.Equal((1, 2, 3), (checkout.Workers, checkout.Partitions, checkout.PartitionCapacity));
        Assert.Equal(
            [4.5, 5, 3600],
            [checkout.MaxWait.TotalSeconds, checkout.MinRetryAfter.TotalSeconds, checkout.MaxRetryAfter.TotalSeconds]);
        Assert.Equal(QueueProcessingOrder.NewestFirst, checkout.Order);
        Assert.Equal((429, ReleaseOn.ResponseStart), (checkout.RejectionStatusCode, checkout.ReleaseOn));
        Assert.Equal(
            ("Header:X-Tenant", true, 6),
            ($"{checkout.PartitionBy}", checkout.PartitionByKey, checkout.MaxWorkersPerKey));
        Assert.Equal(
            ("Header:X-Priority", "RequestTimeout", true),
            ($"{checkout.PriorityFrom}", $"{checkout.DeadlineFrom}", checkout.DryRun));
        Assert.Equal(
            (true, 50, 200),
            (
                checkout.OverloadControl,
                checkout.OverloadTarget?.TotalMilliseconds,
                checkout.OverloadInterval?.TotalMilliseconds));
        Assert.Equal((true, 1, 32), (checkout.AdaptiveWorkers, checkout.MinWorkers, checkout.MaxWorkers));
        Assert.Equal("Checkout", queues.FallbackQueue);
    }

    [Fact]
    public void Read_PartitionBy_MakesThePartitionsOfAKeyedQueueTheDefault()
    {
        var (queues, _) = Read("""
            { "QueuedAdmission": {
                "Defaults": { "PartitionBy": "User" },
                "Queues": { "many": {}, "few": { "Partitions": 8 }, "one": { "PartitionBy": "RoundRobin" } } } }
            """);

        Assert.Equal(
            (64, 8, 1),
            (queues.Queues["many"].Partitions, queues.Queues["few"].Partitions, queues.Queues["one"].Partitions));
    }

    [Fact]
    public void Read_PartitionByFromCode_IsReplacedByConfiguration()
    {
        var code = new QueuedAdmissionOptions();
        code.AddQueue("a", o => o.PartitionBy = PartitionBy.Custom(context => context.TraceIdentifier));

        Assert.Equal("code", $"{Read("{}", code).Queues.Queues["a"].PartitionBy}");
        var replaced = Read(
            """{ "QueuedAdmission": { "Queues": { "a": { "PartitionBy": "RoundRobin" } } } }""",
            code).Queues.Queues["a"];
        Assert.Equal(("RoundRobin", false), ($"{replaced.PartitionBy}", replaced.PartitionByKey));
    }

    [Fact]
    public void Read_InfiniteMaxWait_IsInfinite()
    {
        var queues = Read("""{ "QueuedAdmission": { "Defaults": { "MaxWait": "Infinite" } } }""").Queues.Queues;

        Assert.Equal(Timeout.InfiniteTimeSpan, queues["default"].MaxWait);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "QueuedAdmission": {} }""")]
    [InlineData("""{ "QueuedAdmission": { "Defaults": {}, "Queues": {} } }""")]
    public void Read_Nothing_HasTheQueueDefaultWithBuiltInSettings(string json)
    {
        var (queues, errors) = Read(json);

        Assert.Empty(errors);
        var (name, settings) = Assert.Single(queues.Queues);
        Assert.Equal("default", name);
        Assert.Equal("", SettingTable.BuiltIn.DescribeChanges(new RequestQueueOptions(), settings));
    }

    [Fact]
    public void Read_EmptyTextBesideChildren_IsNoMistake()
    {
        var configuration = new ConfigurationBuilder()
            .AddCommandLine(
            [
                "--QueuedAdmission=",
                "--QueuedAdmission:Queues=",
                "--QueuedAdmission:Queues:checkout=",
                "--QueuedAdmission:Queues:checkout:Workers=8",
            ])
            .Build();

        var (queues, errors) =
            QueueConfigurationReader.Read(configuration, new CodeSettings(new QueuedAdmissionOptions()));

        Assert.Empty(errors);
        Assert.Equal(8, queues.Queues["checkout"].Workers);
    }

    [Theory]
    [InlineData(" 8", "True ", " 00:00:05", "NewestFirst\n")]
    [InlineData("8\n", "\ttrue", "00:00:05\r\n", " newestfirst")]
    [InlineData("+8", "TRUE", "0:00:05", "NEWESTFIRST")]
    public void Read_BlanksAndLineEndsAroundAValue_AreNoMistake(
        string workers, string dryRun, string maxWait, string order)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([
            new("QueuedAdmission:Queues:a:Workers", workers),
            new("QueuedAdmission:Queues:a:DryRun", dryRun),
            new("QueuedAdmission:Queues:a:MaxWait", maxWait),
            new("QueuedAdmission:Queues:a:Order", order),
            new("QueuedAdmission:FallbackQueue", "a\n"),
        ]).Build();

        var (queues, errors) =
            QueueConfigurationReader.Read(configuration, new CodeSettings(new QueuedAdmissionOptions()));

        Assert.Empty(errors);
        var a = queues.Queues["a"];
        Assert.Equal(
            (8, true, TimeSpan.FromSeconds(5), QueueProcessingOrder.NewestFirst, "a"),
            (a.Workers, a.DryRun, a.MaxWait, a.Order, queues.FallbackQueue));
    }

    [Fact]
    public void Read_QueueZeroThatCodeAdds_IsNoArray()
    {
        var code = new QueuedAdmissionOptions().AddQueue("0");

        var (queues, errors) =
            Read("""{ "QueuedAdmission": { "Queues": { "0": { "Workers": 8 }, "1": { "Workers": 9 } } } }""", code);

        Assert.Empty(errors);
        Assert.Equal((8, 9), (queues.Queues["0"].Workers, queues.Queues["1"].Workers));
    }

    [Fact]
    public void Read_QueueWithANumberForAName_IsNoArray() =>
        Assert.Equal(
            8,
            Read(
                """{ "QueuedAdmission": { "Queues": { "2026": { "Workers": 8 } } } }""").Queues.Queues["2026"].Workers);

    [Fact]
    public void Read_ArrayInALaterLayer_IsFoundBesideTheQueues()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
            [
                new("QueuedAdmission:Queues:a:Workers", "8"),
                new("QueuedAdmission:Queues:0", "a"),
                new("QueuedAdmission:Queues:1", "b"),
            ])
            .Build();

        Assert.Equal(
            ["QueuedAdmission:Queues is an array; allowed: an object with one object for each queue."],
            QueueConfigurationReader.Read(configuration, new CodeSettings(new QueuedAdmissionOptions())).Errors);
    }

    [Fact]
    public void Read_ValueAndChildrenFromTwoLayers_IsAMistake()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([
            new("QueuedAdmission:Queues:a", "8"),
            new("QueuedAdmission:Queues:a:Workers", "8"),
            new("QueuedAdmission:Queues:a:Workers:Count", "8"),
        ]).Build();

        Assert.Equal(
            ["QueuedAdmission:Queues:a is '8'; allowed: an object with settings.", "QueuedAdmission:Queues:a:Workers " +
                "is an object; allowed: a whole number, 1 to 100,000, or null."],
            QueueConfigurationReader.Read(configuration, new CodeSettings(new QueuedAdmissionOptions())).Errors);
    }

    [Fact]
    public void Read_QueueWrittenTwiceInDifferentCase_IsOneQueue()
    {
        var queues = Read("""
            { "QueuedAdmission": { "Queues": { "a": { "Workers": 8 }, "A": { "Partitions": 2 } } } }
            """).Queues.Queues;

        Assert.Equal(["default", "a"], queues.Keys);
        Assert.Equal((8, 2), (queues["a"].Workers, queues["a"].Partitions));
    }

    [Fact]
    public void Read_SettingOfEveryStrength_TheStrongestWins()
    {
        var code = new QueuedAdmissionOptions
        {
            Defaults = o => (o.Workers, o.Partitions, o.PartitionCapacity, o.RejectionStatusCode) = (2, 2, 2, 402),
        };
        code.AddQueue("a", o => (o.Partitions, o.PartitionCapacity, o.RejectionStatusCode) = (3, 3, 403));
        var (queues, errors) = Read(
            """
            { "QueuedAdmission": {
                "Defaults": { "PartitionCapacity": 4, "RejectionStatusCode": 404 },
                "Queues": { "A": { "RejectionStatusCode": 405 } } } }
            """,
            code);

        Assert.Empty(errors);
        var a = queues.Queues["a"];
        Assert.Equal((2, 3, 4, 405), (a.Workers, a.Partitions, a.PartitionCapacity, a.RejectionStatusCode));
        Assert.Equal(TimeSpan.FromSeconds(10), a.MaxWait);
        Assert.Equal(["default", "a"], queues.Queues.Keys);
    }

    [Fact]
    public void Read_BadSettingInCode_SaysSo()
    {
        var code = new QueuedAdmissionOptions { FallbackQueue = "b" };
        code.AddQueue("a", o => o.Workers = 0);

        Assert.Equal(
            ["Workers in code for a is 0; allowed: 1 to 100,000.", "FallbackQueue in code is 'b', but there is no " +
                "such queue; did you mean a? allowed: default, a."],
            Read("{}", code).Errors);
    }

    [Fact]
    public void Read_BadExemptionInCode_SaysSo()
    {
        var code = new QueuedAdmissionOptions { FallbackExemptions = { "/metrics", "" } };

        Assert.Equal(
            ["FallbackExemptions[1] in code is ''; allowed: a route pattern or a " +
                "display name of 1 to 256 characters, in which * stands for any characters, ? for one " +
                "character, and \\* for a *; not * or /* alone."],
            Read("{}", code).Errors);
    }

    [Fact]
    public void Read_BadSettingInCodeThatConfigurationOverrides_IsFine()
    {
        var code = new QueuedAdmissionOptions().AddQueue("a", o => o.Workers = 0);

        Assert.Empty(Read("""{ "QueuedAdmission": { "Queues": { "a": { "Workers": 1 } } } }""", code).Errors);
    }

    [Fact]
    public void Read_OtherSection_ReadsThatAndNamesItsPath()
    {
        var code = new QueuedAdmissionOptions { Section = "Shop:Queues" };

        Assert.Equal(
            ["Shop:Queues:Queues:a:Workers is 0; allowed: 1 to 100,000."],
            Read("""{ "Shop": { "Queues": { "Queues": { "a": { "Workers": 0 } } } } }""", code).Errors);
    }

    private static (ConfiguredQueues Queues, IReadOnlyList<string> Errors) Read(
        string json, QueuedAdmissionOptions? code = null) =>
        QueueConfigurationReader.Read(
            new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build(),
            new CodeSettings(code ?? new QueuedAdmissionOptions()));
}
