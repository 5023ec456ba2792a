using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace QueueAdmission.Configuration.Schema;

/// <summary>
/// Creates the JSON schema of the section <c>QueuedAdmission</c> from the settings in code: their keys, types, ranges,
/// defaults and documentation.
/// </summary>
internal static partial class SchemaBuilder
{
    private const string Settings = "queueAdmissionSettings";

    public static JsonObject Build() => new()
    {
        ["$schema"] = "http://json-schema.org/draft-07/schema#",
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            [QueuedAdmissionOptions.DefaultSection] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = "The queues in front of endpoints (QueueAdmission).",
                ["properties"] = new JsonObject
                {
                    ["$schema"] = new JsonObject { ["type"] = "string" },
                    ["FallbackQueue"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["description"] = "The queue for every endpoint that names none. Without it such endpoints are not queued." },
                    [FallbackExemptionsReader.Key] = new JsonObject
                    {
                        ["type"] = new JsonArray("array", "null"),
                        ["description"] = "The endpoints that the fallback queue leaves alone, besides health " +
                            "checks, metrics and others that it recognizes. Each is a route pattern or a display " +
                            "name, where * stands for any characters.",
                        ["items"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["maxLength"] = 256 },
                    },
                    ["Defaults"] = Reference("What every queue starts from."),
                    ["Queues"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["description"] = "The queues, by name.",
                        ["patternProperties"] =
                            new JsonObject { ["^[A-Za-z0-9._-]{1,64}$"] = Reference("The settings of one queue.") },
                        ["additionalProperties"] = false,
                    },
                },
                ["additionalProperties"] = false,
            },
        },
        ["definitions"] = new JsonObject
        {
            [Settings] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject(
                    QueueSetting.All.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)Describe(setting)))),
                ["additionalProperties"] = false,
            },
        },
    };

    /// <summary>The range of a number, in the words of the validator.</summary>
    public static (double Least, double Most)? RangeOf(QueueSetting setting) =>
        Range().Match(setting.Allowed) is { Success: true } range
        ? (Parse(range.Groups[1].Value), Parse(range.Groups[2].Value))
        : null;

    private static JsonObject Describe(QueueSetting setting)
    {
        var property = typeof(RequestQueueOptions).GetProperty(setting.Key)
            ?? throw new InvalidOperationException($"The options have no property '{setting.Key}'.");
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var schema = type == typeof(bool) ? new JsonObject { ["type"] = "boolean" }
            : type == typeof(int) ? Number(setting, "integer")
            : type == typeof(double) ? Number(setting, "number")
            : type == typeof(TimeSpan) ? Duration(setting)
            : type.IsEnum ? new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(name))]) }
            : new JsonObject { ["type"] = "string" };
        AllowNull(schema);
        schema["description"] = PropertyDocumentation.Of(property);
        if (DefaultOf(property) is { } value)
            schema["default"] = value;
        return schema;
    }

    private static JsonObject Number(QueueSetting setting, string type)
    {
        var schema = new JsonObject { ["type"] = type };
        if (RangeOf(setting) is var (least, most))
            (schema["minimum"], schema["maximum"]) = (least, most);
        return schema;
    }

    private static JsonObject Duration(QueueSetting setting)
    {
        var pattern = @"(\d+\.\d{2}|\d{1,2}):[0-5]\d:[0-5]\d(\.\d{1,7})?";
        return new JsonObject
        {
            ["type"] = "string",
            ["pattern"] =
                setting.TryRead("infinite", new RequestQueueOptions()) ? $"^({pattern}|infinite)$" : $"^{pattern}$",
        };
    }

    /// <summary>Adds null to a type, because null removes the values of weaker layers.</summary>
    private static void AllowNull(JsonObject schema)
    {
        if (schema["enum"] is JsonArray values)
            values.Add((JsonNode?)null);
        else
            schema["type"] = new JsonArray(schema["type"]!.DeepClone(), "null");
    }

    private static JsonNode? DefaultOf(PropertyInfo property) => property.GetValue(new RequestQueueOptions()) switch
    {
        null => null,
        TimeSpan time => SettingParser.Show(time),
        int number => number,
        double number => number,
        bool value => value,
        var other => other.ToString(),
    };

    private static JsonObject Reference(string description) =>
        new() { ["description"] = description, ["$ref"] = $"#/definitions/{Settings}" };

    private static double Parse(string number) =>
        double.Parse(number, NumberStyles.Number, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"([\d.,]*\d) to ([\d.,]*\d)(?!:)")]
    private static partial Regex Range();
}
