using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using NJsonSchema;
using QueueAdmission.Cluster;
using QueueAdmission.Deferred;
using QueueAdmission.Doubles;

namespace QueueAdmission.Configuration.Schema;

public sealed class ConfigurationSchemaTests
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private static string SchemaFile => Repository.PathOf("src/QueueAdmission/ConfigurationSchema.json");

    public static TheoryData<string> Keys => [.. SettingTable.BuiltIn.Configurable.Select(setting => setting.Key)];

    public static TheoryData<string, string> Documents =>
        [.. PublishedConfiguration.Find().Select(found => (found.Where, found.Json))];

    // The section has a single schema, which therefore also includes the settings of the companion packages.
    private static SettingTable WithCompanions =>
        SettingTable.BuiltIn.With(
            [ClusterSettings.ClusterWorkers, ClusterSettings.ClusterFallback, .. DeferredSettings.All]);

    [Fact]
    public void File_Shipped_IsWhatTheCodeSays()
    {
        var expected = SchemaBuilder.Build(WithCompanions).ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_CONFIGURATION_SCHEMA") == "1")
            File.WriteAllText(SchemaFile, expected);

        Assert.True(
            expected == File.ReadAllText(SchemaFile),
            "The settings have changed, and the schema has not. "
            + "Write it again: bash build/update-configuration-schema");
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Range_OfANumber_IsTheValidators(string key)
    {
        var setting = SettingTable.BuiltIn.Configurable.Single(setting => setting.Key == key);
        var schema = JsonNode.Parse(
            File.ReadAllText(SchemaFile))!["definitions"]!["queueAdmissionSettings"]!["properties"]![key]!;
        if (schema["type"]?[0]?.GetValue<string>() != "integer")
            return;
        var (least, most) = (schema["minimum"]!.GetValue<double>(), schema["maximum"]!.GetValue<double>());

        Assert.Equal(
            (false, false, true, true), (IsRefused(least), IsRefused(most), IsRefused(least - 1), IsRefused(most + 1)));

        bool IsRefused(double value)
        {
            var options = new RequestQueueOptions();
            Assert.True(setting.TryRead(value.ToString(CultureInfo.InvariantCulture), options));
            // Errors that concern several settings do not name a range.
            return JobQueueOptionsValidator.FindErrors(options)
                .Any(error => error.Key == key && setting.Allowed.EndsWith(error.Allowed, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Keys_OfTheSection_AreThoseThatAreRead()
    {
        var section =
            JsonNode.Parse(File.ReadAllText(SchemaFile))!["properties"]!["QueuedAdmission"]!["properties"]!.AsObject();
        var configuration =
            new ConfigurationBuilder().AddInMemoryCollection([new("QueuedAdmission:Qqqqqqqqqq", "x")]).Build();

        var (_, errors) = QueueConfigurationReader.Read(configuration, new CodeSettings(new QueuedAdmissionOptions()));

        var allowed = section.Select(key => key.Key).Where(key => key is not ("$schema" or "Cluster"));
        Assert.EndsWith($"allowed: {string.Join(", ", allowed)}.", Assert.Single(errors));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Document_Published_FitsTheSchema(string where, string json)
    {
        var errors = (await SchemaAsync()).Validate(json);

        Assert.True(errors.Count == 0, $"{where}: {string.Join(", ", errors)}");
    }

    [Theory]
    [InlineData("""{ "Queues": { "a": { "Worker": 1 } } }""")]
    [InlineData("""{ "Queues": { "a": { "Workers": 0 } } }""")]
    [InlineData("""{ "Queues": { "a": { "Workers": 100001 } } }""")]
    [InlineData("""{ "Queues": { "a": { "Workers": 1.5 } } }""")]
    [InlineData("""{ "Queues": { "a": { "MaxWait": "30" } } }""")]
    [InlineData("""{ "Queues": { "a": { "MaxWait": 30 } } }""")]
    [InlineData("""{ "Queues": { "a": { "MinRetryAfter": "infinite" } } }""")]
    [InlineData("""{ "Queues": { "a": { "ReleaseOn": "Never" } } }""")]
    [InlineData("""{ "Queues": { "not a name": { "Workers": 1 } } }""")]
    [InlineData("""{ "Queues": { "a": 1 } }""")]
    [InlineData("""{ "Queues": { "a": [] } }""")]
    [InlineData("""{ "Queues": [ "a" ] }""")]
    [InlineData("""{ "Queues": { "a": { "KeyShares": { "gold": 0 } } } }""")]
    [InlineData("""{ "Queues": { "a": { "KeyShares": { "gold": 1001 } } } }""")]
    [InlineData("""{ "Queues": { "a": { "KeyShares": "gold=4" } } }""")]
    [InlineData("""{ "Queues": { "a": { "Workers": "" } } }""")]
    [InlineData("""{ "Queues": { "a": { "PartitionBy": "Heder:X-Tenant" } } }""")]
    [InlineData("""{ "Queues": { "a": { "PartitionBy": "Header" } } }""")]
    [InlineData("""{ "Queues": { "a": { "PartitionBy": "Users" } } }""")]
    [InlineData("""{ "Queues": { "a": { "PriorityFrom": "Heder:X-Priority" } } }""")]
    [InlineData("""{ "Queues": { "a": { "DeadlineFrom": "RequestTimeouts" } } }""")]
    [InlineData("""{ "Queues": { "a": { "ClusterFallback": "Stopp" } } }""")]
    [InlineData("""{ "Defaults": { "Queues": {} } }""")]
    [InlineData("""{ "Workers": 1 }""")]
    public async Task Document_Wrong_IsFound(string section) =>
        Assert.NotEmpty((await SchemaAsync()).Validate($$"""{ "QueuedAdmission": {{section}} }"""));

    [Theory]
    [InlineData("RoundRobin")]
    [InlineData("User")]
    [InlineData("ClientIp")]
    [InlineData("Endpoint")]
    [InlineData("None")]
    [InlineData("RequestTimeout")]
    [InlineData("Stop")]
    [InlineData("Share")]
    [InlineData("0")]
    [InlineData("12")]
    [InlineData("100000")]
    [InlineData("100001")]
    [InlineData("Header:X-Tenant")]
    [InlineData("Header:!#$%&'*+-.^_`|~9a")]
    [InlineData("Header:X Tenant")]
    [InlineData("Header:X:Tenant")]
    [InlineData("Header:é")]
    [InlineData("Header:")]
    [InlineData("Header")]
    [InlineData("Heder:X-Tenant")]
    [InlineData("Claim:http://schemas.example.org/tenant")]
    [InlineData("Claim: ")]
    [InlineData("Claim:")]
    [InlineData("Route:tenant")]
    [InlineData("Route:")]
    [InlineData("Routes:tenant")]
    [InlineData("code")]
    public async Task Pattern_OfATextSetting_IsWhatIsRead(string text)
    {
        var schema = await SchemaAsync();
        var settings = WithCompanions.Configurable.Where(setting => setting.Schema.Type == SettingSchemaType.Text)
            .ToList();

        Assert.Equal(4, settings.Count);
        Assert.All(settings, setting =>
        {
            var json = JsonSerializer.Serialize(text);
            var errors = schema.Validate(
                $$"""{ "QueuedAdmission": { "Queues": { "a": { "{{setting.Key}}": {{json}} } } } }""");
            Assert.Equal(setting.TryParse(text, out _), errors.Count == 0);
        });
    }

    [Fact]
    public async Task Document_TakesEverythingBack_FitsTheSchemaAndTheReader()
    {
        var nothing = string.Join(
            ", ", SettingTable.BuiltIn.Configurable.Select(setting => $"\"{setting.Key}\": null"));
        var json = $$"""
            { "QueuedAdmission": {
                "FallbackQueue": null, "Defaults": { {{nothing}} }, "Queues": { "a": { {{nothing}} } } } }
            """;
        using var document = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));

        Assert.Empty((await SchemaAsync()).Validate(json));
        Assert.Empty(
            QueueConfigurationReader.Read(
                new ConfigurationBuilder().AddJsonStream(document).Build(),
                new CodeSettings(new QueuedAdmissionOptions())).Errors);
    }

    private static Task<JsonSchema> SchemaAsync() =>
        JsonSchema.FromFileAsync(SchemaFile, TestContext.Current.CancellationToken);
}
