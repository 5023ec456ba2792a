using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Configuration;

public sealed class QueueConfigurationReaderTests
{
    [Theory]
    [InlineData("""{ "Workers": 0 }""", "QueuedAdmission:Queues:checkout:Workers is 0; allowed: 1 to 100,000.")]
    [InlineData(
        """{ "Workers": "many" }""",
        "QueuedAdmission:Queues:checkout:Workers is 'many'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": 8.5 }""",
        "QueuedAdmission:Queues:checkout:Workers is '8.5'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": 99999999999 }""",
        "QueuedAdmission:Queues:checkout:Workers is '99999999999'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": " " }""",
        "QueuedAdmission:Queues:checkout:Workers is ' '; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": "8\u0000" }""",
        "QueuedAdmission:Queues:checkout:Workers is '8\\u0000'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": "8\u00A0" }""",
        "QueuedAdmission:Queues:checkout:Workers is '8\\u00A0'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": "\uFEFF8" }""",
        "QueuedAdmission:Queues:checkout:Workers is '\\uFEFF8'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": "1\n6" }""",
        "QueuedAdmission:Queues:checkout:Workers is '1\\u000A6'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": "1,000" }""",
        "QueuedAdmission:Queues:checkout:Workers is '1,000'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": "0x10" }""",
        "QueuedAdmission:Queues:checkout:Workers is '0x10'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": 1e1 }""",
        "QueuedAdmission:Queues:checkout:Workers is '1e1'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": true }""",
        "QueuedAdmission:Queues:checkout:Workers is 'True'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "Workers": { "Count": 8 } }""",
        "QueuedAdmission:Queues:checkout:Workers is an object; allowed: a whole number, 1 to 100,000, or null.")]
    [InlineData(
        """{ "Workers": [ 8 ] }""",
        "QueuedAdmission:Queues:checkout:Workers is an array; allowed: a whole number, 1 to 100,000, or null.")]
    [InlineData(
        """{ "DryRun": "true\u0000" }""",
        "QueuedAdmission:Queues:checkout:DryRun is 'true\\u0000'; allowed: true, false.")]
    [InlineData(
        """{ "DryRun": "true\u2003" }""",
        "QueuedAdmission:Queues:checkout:DryRun is 'true\\u2003'; allowed: true, false.")]
    [InlineData("""{ "DryRun": 1 }""", "QueuedAdmission:Queues:checkout:DryRun is '1'; allowed: true, false.")]
    [InlineData(
        """{ "MaxWait": "00:00:05\u0000" }""",
        "QueuedAdmission:Queues:checkout:MaxWait is '00:00:05\\u0000'; allowed: hh:mm:ss, 00:00:00 to 01:00:00, or " +
            "infinite.")]
    [InlineData(
        """{ "MaxWait": "30\u0000" }""",
        "QueuedAdmission:Queues:checkout:MaxWait is '30\\u0000'; allowed: hh:mm:ss, 00:00:00 to 01:00:00, or " +
            "infinite.")]
    [InlineData(
        """{ "Order": "OldestFirst\u00A0" }""",
        "QueuedAdmission:Queues:checkout:Order is 'OldestFirst\\u00A0'; allowed: OldestFirst, NewestFirst.")]
    [InlineData(
        """{ "Order": "OldestFirst,NewestFirst" }""",
        "QueuedAdmission:Queues:checkout:Order is 'OldestFirst,NewestFirst'; allowed: OldestFirst, NewestFirst.")]
    [InlineData(
        """{ "PartitionBy": "Claim:te\u0000nant" }""",
        "QueuedAdmission:Queues:checkout:PartitionBy is 'Claim:te\\u0000nant'; allowed: RoundRobin, User, ClientIp, " +
            "Header:name, Claim:type, Route:name.")]
    [InlineData(
        """{ "PartitionBy": "Route:tenant\u200B" }""",
        "QueuedAdmission:Queues:checkout:PartitionBy is 'Route:tenant\\u200B'; allowed: RoundRobin, User, ClientIp, " +
            "Header:name, Claim:type, Route:name.")]
    [InlineData(
        """{ "PartitionBy": [ "User", "ClientIp" ] }""",
        "QueuedAdmission:Queues:checkout:PartitionBy is an array; allowed: RoundRobin, User, ClientIp, Header:name, " +
            "Claim:type, Route:name, or null.")]
    [InlineData(
        """{ "Colour": [ "red" ] }""",
        "QueuedAdmission:Queues:checkout:Colour is an array, but there is no such key; allowed: EVERY KEY.")]
    [InlineData(
        """{ "Worker": null }""",
        "QueuedAdmission:Queues:checkout:Worker is empty, but there is no such key; did you mean Workers? allowed: " +
            "EVERY KEY.")]
    [InlineData("""[ "x" ]""", "QueuedAdmission:Queues:checkout is an array; allowed: an object with settings.")]
    [InlineData(
        """[ { "Workers": 8 }, { "Workers": 9 } ]""",
        "QueuedAdmission:Queues:checkout is an array; allowed: an object with settings.")]
    [InlineData("[]", "QueuedAdmission:Queues:checkout is ''; allowed: an object with settings.")]
    [InlineData(
        """{ "Partitions": 4097 }""", "QueuedAdmission:Queues:checkout:Partitions is 4097; allowed: 1 to 4,096.")]
    [InlineData(
        """{ "PartitionCapacity": -1 }""",
        "QueuedAdmission:Queues:checkout:PartitionCapacity is -1; allowed: 0 to 1,000,000.")]
    [InlineData(
        """{ "Partitions": 11, "PartitionCapacity": 100000 }""",
        "QueuedAdmission:Queues:checkout:PartitionCapacity is 100000 with 11 Partitions, together 1,100,000 places; " +
            "allowed: Partitions × PartitionCapacity up to 1,000,000.")]
    [InlineData(
        """{ "MaxWait": "01:00:01" }""",
        "QueuedAdmission:Queues:checkout:MaxWait is 01:00:01; allowed: 00:00:00 to 01:00:00, or infinite.")]
    [InlineData(
        """{ "MaxWait": "1.00:00:00" }""",
        "QueuedAdmission:Queues:checkout:MaxWait is 1.00:00:00; allowed: 00:00:00 to 01:00:00, or infinite.")]
    [InlineData(
        """{ "MaxWait": "-00:00:00.001" }""",
        "QueuedAdmission:Queues:checkout:MaxWait is '-00:00:00.001'; allowed: hh:mm:ss, 00:00:00 to 01:00:00, or " +
            "infinite.")]
    [InlineData(
        """{ "MaxWait": 30 }""",
        "QueuedAdmission:Queues:checkout:MaxWait is '30'; allowed: hh:mm:ss, 00:00:00 to 01:00:00, or infinite. A " +
            "bare number would be 30 days; for seconds write 00:00:30.")]
    [InlineData(
        """{ "MaxWait": "1.5" }""",
        "QueuedAdmission:Queues:checkout:MaxWait is '1.5'; allowed: hh:mm:ss, 00:00:00 to 01:00:00, or infinite. A " +
            "bare number would be 1.5 days; for seconds write 00:00:01.5000000.")]
    [InlineData(
        """{ "MaxWait": 86400 }""",
        "QueuedAdmission:Queues:checkout:MaxWait is '86400'; allowed: hh:mm:ss, 00:00:00 to 01:00:00, or infinite. A " +
            "bare number would be 86400 days.")]
    [InlineData(
        """{ "MaxWait": "10s" }""",
        "QueuedAdmission:Queues:checkout:MaxWait is '10s'; allowed: hh:mm:ss, 00:00:00 to 01:00:00, or infinite.")]
    [InlineData(
        """{ "MaxWait": "01:30" }""",
        "QueuedAdmission:Queues:checkout:MaxWait is '01:30'; allowed: hh:mm:ss, 00:00:00 to 01:00:00, or infinite.")]
    [InlineData(
        """{ "MinRetryAfter": "infinite" }""",
        "QueuedAdmission:Queues:checkout:MinRetryAfter is 'infinite'; allowed: hh:mm:ss, 00:00:01 to 01:00:00.")]
    [InlineData(
        """{ "MaxRetryAfter": "00:00:00.5" }""",
        "QueuedAdmission:Queues:checkout:MaxRetryAfter is 00:00:00.5000000; allowed: 00:00:01 to 01:00:00.")]
    [InlineData(
        """{ "MinRetryAfter": "00:00:10", "MaxRetryAfter": "00:00:05" }""",
        "QueuedAdmission:Queues:checkout:MaxRetryAfter is 00:00:05; allowed: at least MinRetryAfter, which is " +
            "00:00:10.")]
    [InlineData(
        """{ "RejectionStatusCode": 200 }""",
        "QueuedAdmission:Queues:checkout:RejectionStatusCode is 200; allowed: 400 to 599.")]
    [InlineData(
        """{ "ReleaseOn": "Start" }""",
        "QueuedAdmission:Queues:checkout:ReleaseOn is 'Start'; allowed: End, ResponseStart.")]
    [InlineData(
        """{ "ReleaseOn": 1 }""", "QueuedAdmission:Queues:checkout:ReleaseOn is '1'; allowed: End, ResponseStart.")]
    [InlineData(
        """{ "Order": "LIFO" }""",
        "QueuedAdmission:Queues:checkout:Order is 'LIFO'; allowed: OldestFirst, NewestFirst.")]
    [InlineData(
        """{ "OverloadControl": "on" }""",
        "QueuedAdmission:Queues:checkout:OverloadControl is 'on'; allowed: true, false.")]
    [InlineData(
        """{ "OverloadTarget": 50 }""",
        "QueuedAdmission:Queues:checkout:OverloadTarget is '50'; allowed: hh:mm:ss, 00:00:00.001 to 01:00:00. A bare " +
            "number would be 50 days; for seconds write 00:00:50.")]
    [InlineData(
        """{ "AdaptiveWorkers": true, "MaxWorkers": 8 }""",
        "QueuedAdmission:Queues:checkout:MaxWorkers is 8; allowed: at least Workers, which is 16.")]
    [InlineData(
        """{ "PartitionBy": "Session" }""",
        "QueuedAdmission:Queues:checkout:PartitionBy is 'Session'; allowed: RoundRobin, User, ClientIp, Header:name, " +
            "Claim:type, Route:name.")]
    [InlineData(
        """{ "PartitionBy": "Header:X Tenant" }""",
        "QueuedAdmission:Queues:checkout:PartitionBy is 'Header:X Tenant'; allowed: RoundRobin, User, ClientIp, " +
            "Header:name, Claim:type, Route:name.")]
    [InlineData(
        """{ "PartitionBy": { "Header": "X-Tenant" } }""",
        "QueuedAdmission:Queues:checkout:PartitionBy is an object; allowed: RoundRobin, User, ClientIp, Header:name, " +
            "Claim:type, Route:name, or null.")]
    [InlineData(
        """{ "PartitionByKey": true }""",
        "QueuedAdmission:Queues:checkout:PartitionByKey is 'True', but there is no such key; did you mean " +
            "PartitionBy? allowed: EVERY KEY.")]
    [InlineData(
        """{ "MaxWorkersPerKey": 0, "PartitionBy": "User" }""",
        "QueuedAdmission:Queues:checkout:MaxWorkersPerKey is 0; allowed: 1 to 100,000.")]
    [InlineData(
        """{ "MaxWorkersPerKey": 4 }""",
        "QueuedAdmission:Queues:checkout:MaxWorkersPerKey is 4; allowed: only with PartitionBy, which is RoundRobin.")]
    [InlineData(
        """{ "MaxWorkersPerKey": "half" }""",
        "QueuedAdmission:Queues:checkout:MaxWorkersPerKey is 'half'; allowed: a whole number, 1 to 100,000.")]
    [InlineData(
        """{ "PriorityFrom": "High" }""",
        "QueuedAdmission:Queues:checkout:PriorityFrom is 'High'; allowed: Endpoint, Header:name.")]
    [InlineData(
        """{ "DeadlineFrom": "00:00:05" }""",
        "QueuedAdmission:Queues:checkout:DeadlineFrom is '00:00:05'; allowed: None, RequestTimeout, Header:name.")]
    [InlineData("""{ "DryRun": "yes" }""", "QueuedAdmission:Queues:checkout:DryRun is 'yes'; allowed: true, false.")]
    [InlineData(
        """{ "Worker": 8 }""",
        "QueuedAdmission:Queues:checkout:Worker is '8', but there is no such key; did you mean Workers? allowed: " +
            "EVERY KEY.")]
    [InlineData(
        """{ "Colour": { "Red": 1 } }""",
        "QueuedAdmission:Queues:checkout:Colour is an object, but there is no such key; allowed: EVERY KEY.")]
    [InlineData("8", "QueuedAdmission:Queues:checkout is '8'; allowed: an object with settings.")]
    public void Read_BadQueue_NamesPathValueAndWhatIsAllowed(string queue, string expected) => Assert.Equal(
        [expected.Replace("EVERY KEY", string.Join(", ", SettingTable.BuiltIn.Configurable.Select(setting => setting.Key)), StringComparison.Ordinal)],
        Errors($$"""{ "QueuedAdmission": { "Queues": { "checkout": {{queue}} } } }"""));

    [Theory]
    [InlineData(
        """{ "QueuedAdmission": 8 }""",
        "QueuedAdmission is '8'; allowed: an object with FallbackQueue, FallbackExemptions, Defaults, Queues.")]
    [InlineData(
        """{ "QueuedAdmission": { "Queues": "checkout" } }""",
        "QueuedAdmission:Queues is 'checkout'; allowed: an object with one object for each queue.")]
    [InlineData(
        """{ "QueuedAdmission": { "Defaults": 8 } }""",
        "QueuedAdmission:Defaults is '8'; allowed: an object with settings.")]
    [InlineData(
        """{ "QueuedAdmission": { "Defaults": { "Workers": 0 }, "Queues": { "a": {} } } }""",
        "QueuedAdmission:Defaults:Workers is 0; allowed: 1 to 100,000.")]
    [InlineData("""{ "QueuedAdmission": { "Defaults": { "PartitionCapacity": 500000 }, "Queues": { "a": { "Partitions": 3 } } } }""", "QueuedAdmission:Defaults:PartitionCapacity for a is 500000 with 3 Partitions, together 1,500,000 places; allowed: Partitions × PartitionCapacity up to 1,000,000.")]
    [InlineData(
        """{ "QueuedAdmission": { "Queues": { "check out": {} } } }""",
        "QueuedAdmission:Queues:check out: 'check out' is not a name for a queue; allowed: 1 to 64 of the characters " +
            "A-Z a-z 0-9 . _ -.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackQueue": "chekout", "Queues": { "checkout": {} } } }""",
        "QueuedAdmission:FallbackQueue is 'chekout', but there is no such queue; did you mean checkout? allowed: " +
            "default, checkout.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackQueue": " " } }""",
        "QueuedAdmission:FallbackQueue is ' '; allowed: the name of a queue.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackQueue": "default\u200B" } }""",
        "QueuedAdmission:FallbackQueue is 'default\\u200B'; allowed: the name of a queue.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackQueue": [ "default" ] } }""",
        "QueuedAdmission:FallbackQueue is an array; allowed: the name of a queue, or null.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackQueue": { "Name": "default" } } }""",
        "QueuedAdmission:FallbackQueue is an object; allowed: the name of a queue, or null.")]
    [InlineData(
        """{ "QueuedAdmission": [ "checkout" ] }""",
        "QueuedAdmission is an array; allowed: an object with FallbackQueue, FallbackExemptions, Defaults, Queues.")]
    [InlineData(
        """{ "QueuedAdmission": { "Queues": [ "checkout" ] } }""",
        "QueuedAdmission:Queues is an array; allowed: an object with one object for each queue.")]
    [InlineData(
        """{ "QueuedAdmission": { "Queues": [ { "Workers": 8 }, { "Workers": 9 } ] } }""",
        "QueuedAdmission:Queues is an array; allowed: an object with one object for each queue.")]
    [InlineData(
        """{ "QueuedAdmission": { "Queues": [] } }""",
        "QueuedAdmission:Queues is ''; allowed: an object with one object for each queue.")]
    [InlineData(
        """{ "QueuedAdmission": { "Defaults": [ { "Workers": 8 } ] } }""",
        "QueuedAdmission:Defaults is an array; allowed: an object with settings.")]
    [InlineData(
        """{ "QueuedAdmission": { "Queues": { "a\u0000": {} } } }""",
        "QueuedAdmission:Queues:a\0: 'a\\u0000' is not a name for a queue; allowed: 1 to 64 of the characters A-Z " +
            "a-z 0-9 . _ -.")]
    [InlineData(
        """{ "QueuedAdmission": { "Queus": {} } }""",
        "QueuedAdmission:Queus is empty, but there is no such key; did you mean Queues? allowed: FallbackQueue, " +
            "FallbackExemptions, Defaults, Queues.")]
    [InlineData(
        """{ "QueuedAdmission": { "Workers": 8 } }""",
        "QueuedAdmission:Workers is '8', but there is no such key; did you mean QueuedAdmission:Defaults:Workers? " +
            "allowed: FallbackQueue, FallbackExemptions, Defaults, Queues.")]
    [InlineData(
        """{ "QueuedAdmission": { "checkout": { "Workers": 8 } } }""",
        "QueuedAdmission:checkout is an object, but there is no such key; did you mean " +
            "QueuedAdmission:Queues:checkout? allowed: FallbackQueue, FallbackExemptions, Defaults, Queues.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackExemptions": "/metrics" } }""",
        "QueuedAdmission:FallbackExemptions is '/metrics'; allowed: an array of texts, or null.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackExemptions": ["/fine", " "] } }""",
        "QueuedAdmission:FallbackExemptions:1 is ' '; allowed: 1 to 256 characters of a route pattern or a display " +
            "name, where * stands for any characters, but not * alone.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackExemptions": ["*"] } }""",
        "QueuedAdmission:FallbackExemptions:0 is '*'; allowed: 1 to 256 characters of a route pattern or a display " +
            "name, where * stands for any characters, but not * alone.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackExemptions": ["/*"] } }""",
        "QueuedAdmission:FallbackExemptions:0 is '/*'; allowed: 1 to 256 characters of a route pattern or a display " +
            "name, where * stands for any characters, but not * alone.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackExemptions": [{ "Path": "/a" }] } }""",
        "QueuedAdmission:FallbackExemptions:0 is not a text; allowed: 1 to 256 characters of a route pattern or a " +
            "display name, where * stands for any characters, but not * alone.")]
    [InlineData(
        """{ "QueueAdmission": { "Queues": { } } }""",
        "QueueAdmission is not a section that is read; write QueuedAdmission.")]
    [InlineData(
        """{ "QuedAdmission": { "Queues": { } } }""",
        "QuedAdmission is not a section that is read; write QueuedAdmission.")]
    public void Read_BadSection_NamesPathValueAndWhatIsAllowed(string json, string expected) =>
        Assert.Equal([expected], Errors(json));

    [Fact]
    public void Read_SeveralMistakes_ReportsAll()
    {
        var errors = Errors("""
            { "QueuedAdmission": {
                "FallbackQueue": "none",
                "Defaults": { "MaxWait": 30, "Workers": 0 },
                "Queues": { "a": { "Workers": -1, "ReleaseOn": "x" }, "b": { "Partition": 2 } } } }
            """);

        Assert.Equal(
            ["Defaults:MaxWait", "Queues:a:ReleaseOn", "Queues:b:Partition", "Defaults:Workers", "Queues:a:Workers", "FallbackQueue"],
            errors.Select(error => error["QueuedAdmission:".Length..].Split(' ')[0]));
    }

    [Fact]
    public void Read_EverySetting_IsRead()
    {
        var (queues, errors) = Read("""
            { "QueuedAdmission": {
                "$schema": "https://example.org/schema.json",
                "FallbackQueue": "Checkout",
                "Queues": { "checkout": {
                    "Workers": 1, "Partitions": 2, "PartitionCapacity": 3, "MaxWait": "00:00:04.5", "Order": "newestfirst", "MinRetryAfter": "0:00:05",
                    "MaxRetryAfter": "01:00:00", "RejectionStatusCode": 429, "ReleaseOn": "responsestart", "PartitionBy": "header:X-Tenant",
                    "MaxWorkersPerKey": 6, "PriorityFrom": "Header:X-Priority", "DeadlineFrom": "RequestTimeout", "DryRun": true,
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
    public void Read_InfiniteMaxWait_IsInfinite() =>
        Assert.Equal(Timeout.InfiniteTimeSpan, Read("""{ "QueuedAdmission": { "Defaults": { "MaxWait": "Infinite" } } }""").Queues.Queues["default"].MaxWait);

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
            .AddCommandLine(["--QueuedAdmission=", "--QueuedAdmission:Queues=", "--QueuedAdmission:Queues:checkout=", "--QueuedAdmission:Queues:checkout:Workers=8"])
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
            new("QueuedAdmission:Queues:a:Workers", workers), new("QueuedAdmission:Queues:a:DryRun", dryRun),
            new("QueuedAdmission:Queues:a:MaxWait", maxWait), new("QueuedAdmission:Queues:a:Order", order), new(
                "QueuedAdmission:FallbackQueue", "a\n"),
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
            .AddInMemoryCollection([new("QueuedAdmission:Queues:a:Workers", "8"), new("QueuedAdmission:Queues:0", "a"), new("QueuedAdmission:Queues:1", "b")])
            .Build();

        Assert.Equal(
            ["QueuedAdmission:Queues is an array; allowed: an object with one object for each queue."],
            QueueConfigurationReader.Read(configuration, new CodeSettings(new QueuedAdmissionOptions())).Errors);
    }

    [Fact]
    public void Read_ValueAndChildrenFromTwoLayers_IsAMistake()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([
            new("QueuedAdmission:Queues:a", "8"), new("QueuedAdmission:Queues:a:Workers", "8"), new(
                "QueuedAdmission:Queues:a:Workers:Count", "8"),
        ]).Build();

        Assert.Equal(
            ["QueuedAdmission:Queues:a is '8'; allowed: an object with settings.", "QueuedAdmission:Queues:a:Workers " +
                "is an object; allowed: a whole number, 1 to 100,000, or null."],
            QueueConfigurationReader.Read(configuration, new CodeSettings(new QueuedAdmissionOptions())).Errors);
    }

    [Fact]
    public void Read_QueueWrittenTwiceInDifferentCase_IsOneQueue()
    {
        var queues = Read("""{ "QueuedAdmission": { "Queues": { "a": { "Workers": 8 }, "A": { "Partitions": 2 } } } }""").Queues.Queues;

        Assert.Equal(["default", "a"], queues.Keys);
        Assert.Equal((8, 2), (queues["a"].Workers, queues["a"].Partitions));
    }

    [Fact]
    public void Read_SettingOfEveryStrength_TheStrongestWins()
    {
        var code = new QueuedAdmissionOptions { Defaults = o => (o.Workers, o.Partitions, o.PartitionCapacity, o.RejectionStatusCode) = (2, 2, 2, 402) };
        code.AddQueue("a", o => (o.Partitions, o.PartitionCapacity, o.RejectionStatusCode) = (3, 3, 403));
        var (queues, errors) = Read(
            """{ "QueuedAdmission": { "Defaults": { "PartitionCapacity": 4, "RejectionStatusCode": 404 }, "Queues": { "A": { "RejectionStatusCode": 405 } } } }""", code);

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
            ["FallbackExemptions[1] in code is ''; allowed: 1 to 256 characters of a route pattern or a display " +
                "name, where * stands for any characters, but not * alone."],
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

    private static IReadOnlyList<string> Errors(string json) => Read(json).Errors;

    private static (ConfiguredQueues Queues, IReadOnlyList<string> Errors) Read(
        string json, QueuedAdmissionOptions? code = null) =>
        QueueConfigurationReader.Read(
            new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build(),
            new CodeSettings(code ?? new QueuedAdmissionOptions()));
}
