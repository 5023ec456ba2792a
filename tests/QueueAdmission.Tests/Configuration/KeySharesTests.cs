using System.Text;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Configuration;

public sealed class KeySharesTests
{
    private const string Place = "QueuedAdmission:Queues:q:KeyShares";

    [Fact]
    public void Object_InAQueue_GivesEachKeyItsShare()
    {
        var settings = Read("""{ "gold": 4, "urn:tenant:7": "3", "*": 2 }""");

        Assert.Equal("*=2, gold=4, urn:tenant:7=3", Shown(settings));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{ \"gold\": null }")]
    public void Object_WithoutShares_IsNone(string json) => Assert.Null(Read(json).KeyShares);

    [Theory]
    [InlineData("""{ "gold": 0 }""", ":gold is '0'; allowed: a whole number, 1 to 1,000.")]
    [InlineData("""{ "gold": 1001 }""", ":gold is '1001'; allowed: a whole number, 1 to 1,000.")]
    [InlineData("""{ "gold": 1.5 }""", ":gold is '1.5'; allowed: a whole number, 1 to 1,000.")]
    [InlineData("""{ "gold": { "share": "much" } }""", ":gold:share is 'much'; allowed: a whole number, 1 to 1,000.")]
    [InlineData("\"gold=4\"", " is 'gold=4'; allowed: an object with a share of 1 to 1,000 for each key.")]
    [InlineData("4", " is '4'; allowed: an object with a share of 1 to 1,000 for each key.")]
    public void Mistake_IsReportedWithItsPathAndWhatIsAllowed(string json, string error) =>
        Assert.Equal([Place + error], Errors(json));

    [Fact]
    public void Mistakes_AreAllReported() =>
        Assert.Equal(2, Errors("""{ "gold": 0, "silver": "x", "bronze": 1 }""").Count);

    [Theory]
    [InlineData("RoundRobin", " is gold=4; allowed: only with keys (PartitionBy or PartitionByKey).")]
    [InlineData(
        "User",
        " is gold=4; allowed: only with a PartitionBy of Header:name, Claim:type or Route:name, or in code; "
        + "it is User.")]
    [InlineData(
        "ClientIp",
        " is gold=4; allowed: only with a PartitionBy of Header:name, Claim:type or Route:name, or in code; "
        + "it is ClientIp.")]
    public void Keys_ThatCannotBeNamed_AreAMistake(string partitionBy, string error) =>
        Assert.Equal([Place + error], Errors("""{ "gold": 4 }""", partitionBy));

    [Fact]
    public void LongKey_IsAMistake() =>
        Assert.EndsWith(
            "allowed: keys of up to 128 characters.", Assert.Single(Errors($$"""{ "{{new string('x', 129)}}": 4 }""")));

    [Fact]
    public void StrongerFile_ReplacesAndTakesBackEntries() => Assert.Equal(
        "gold=8, silver=2",
        Shown(Read("""{ "gold": 4, "silver": 2, "bronze": 2 }""", """{ "gold": 8, "bronze": null }""")));

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void StrongerFile_TakesTheWholeObjectBack(string nothing)
    {
        Assert.Null(Read("""{ "gold": 4 }""", nothing).KeyShares);
        Assert.Equal("silver=2", Shown(Read("""{ "gold": 4 }""", nothing, """{ "silver": 2 }""")));
        Assert.Equal("gold=4", Shown(Read(nothing, """{ "gold": 4 }""")));
    }

    [Fact]
    public void Queue_WithShares_HasNoneOfThoseInDefaults()
    {
        const string Section = """
            "Defaults": { "PartitionBy": "Header:X-Tenant", "KeyShares": { "gold": 4 } },
            "Queues": { "q": { "KeyShares": { "silver": 2 } }, "other": {} }
            """;
        var (queues, errors) = QueueConfigurationReader.Read(
            Build([Section]), new CodeSettings(new QueuedAdmissionOptions()));

        Assert.Empty(errors);
        Assert.Equal("silver=2", Shown(queues.Queues["q"]));
        Assert.Equal("gold=4", Shown(queues.Queues["other"]));
    }

    [Fact]
    public async Task Edit_IsTakenLive()
    {
        var configuration = new EditableConfiguration(
            Text(""" "Queues": { "q": { "PartitionBy": "Header:X-Tenant", "KeyShares": { "gold": 4 } } } """));
        await using var host = await QueueHost.StartAsync(configuration);

        configuration.Edit(Text("""
            "Queues": { "q": { "PartitionBy": "Header:X-Tenant", "KeyShares": { "gold": 8, "silver": 2 } } }
            """));

        Assert.Equal(
            "Queue q has new settings: KeyShares gold=4 → gold=8, silver=2.", await host.Log.NextAsync("QueueChanged"));
    }

    private static string Shown(JobQueueOptions settings) => JobQueueSettings.KeyShares.Show(settings);

    private static RequestQueueOptions Read(params string[] files)
    {
        var (queues, errors) = ReadAll(files, "Header:X-Tenant");
        Assert.Empty(errors);
        return queues.Queues["q"];
    }

    private static IReadOnlyList<string> Errors(string json, string partitionBy = "Header:X-Tenant") =>
        ReadAll([json], partitionBy).Errors;

    private static (ConfiguredQueues Queues, IReadOnlyList<string> Errors) ReadAll(
        string[] files, string partitionBy) => QueueConfigurationReader.Read(
        Build(files.Select(json => $$"""
            "Queues": { "q": { "PartitionBy": "{{partitionBy}}", "KeyShares": {{json}} } }
            """)),
        new CodeSettings(new QueuedAdmissionOptions()));

    private static IConfigurationRoot Build(IEnumerable<string> files)
    {
        var builder = new ConfigurationBuilder();
        foreach (var file in files)
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Text(file))));
        return builder.Build();
    }

    private static string Text(string section) => $$"""{ "QueuedAdmission": { {{section}} } }""";
}
