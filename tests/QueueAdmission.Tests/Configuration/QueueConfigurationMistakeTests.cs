using System.Text;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Configuration;

/// <summary>
/// Verifies that each mistake in the section is reported with its path, its value and the allowed values.
/// </summary>
public sealed class QueueConfigurationMistakeTests
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
    public void Read_BadQueue_NamesPathValueAndWhatIsAllowed(string queue, string expected)
    {
        var everyKey = string.Join(", ", SettingTable.BuiltIn.Configurable.Select(setting => setting.Key));

        Assert.Equal(
            [expected.Replace("EVERY KEY", everyKey, StringComparison.Ordinal)],
            Errors($$"""{ "QueuedAdmission": { "Queues": { "checkout": {{queue}} } } }"""));
    }

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
    [InlineData(
        """{ "QueuedAdmission": { "Defaults": { "PartitionCapacity": 500000 }, "Queues": """
        + """{ "a": { "Partitions": 3 } } } }""",
        "QueuedAdmission:Defaults:PartitionCapacity for a is 500000 with 3 Partitions, together 1,500,000 places; "
        + "allowed: Partitions × PartitionCapacity up to 1,000,000.")]
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
        "QueuedAdmission:FallbackExemptions:1 is ' '; allowed: a route pattern or a " +
            "display name of 1 to 256 characters, in which * stands for any characters, ? for one " +
            "character, and \\* for a *; not * or /* alone.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackExemptions": ["*"] } }""",
        "QueuedAdmission:FallbackExemptions:0 is '*'; allowed: a route pattern or a " +
            "display name of 1 to 256 characters, in which * stands for any characters, ? for one " +
            "character, and \\* for a *; not * or /* alone.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackExemptions": ["/*"] } }""",
        "QueuedAdmission:FallbackExemptions:0 is '/*'; allowed: a route pattern or a " +
            "display name of 1 to 256 characters, in which * stands for any characters, ? for one " +
            "character, and \\* for a *; not * or /* alone.")]
    [InlineData(
        """{ "QueuedAdmission": { "FallbackExemptions": [{ "Path": "/a" }] } }""",
        "QueuedAdmission:FallbackExemptions:0 is not a text; allowed: a route pattern or a " +
            "display name of 1 to 256 characters, in which * stands for any characters, ? for one " +
            "character, and \\* for a *; not * or /* alone.")]
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
            [
                "Defaults:MaxWait",
                "Queues:a:ReleaseOn",
                "Queues:b:Partition",
                "Defaults:Workers",
                "Queues:a:Workers",
                "FallbackQueue",
            ],
            errors.Select(error => error["QueuedAdmission:".Length..].Split(' ')[0]));
    }

    private static IReadOnlyList<string> Errors(string json) => QueueConfigurationReader.Read(
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build(),
        new CodeSettings(new QueuedAdmissionOptions())).Errors;
}
