using System.Text.Json.Nodes;

namespace QueueAdmission.Configuration.Schema;

/// <summary>
/// Generates the JSON schema of the section <c>QueuedAdmission</c> from the table of settings: their keys, types,
/// ranges, defaults and documentation.
/// </summary>
internal static class SchemaBuilder
{
    private const string Settings = "queueAdmissionSettings";

    public static JsonObject Build(SettingTable table) => new()
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
                    ["FallbackQueue"] = new JsonObject
                    {
                        ["type"] = new JsonArray("string", "null"),
                        ["description"] =
                            "The queue for every endpoint that names none. Without it such endpoints are not queued.",
                    },
                    [FallbackExemptionsReader.Key] = new JsonObject
                    {
                        ["type"] = new JsonArray("array", "null"),
                        ["description"] =
                            "The endpoints that the fallback queue leaves alone, in addition to health checks, "
                            + "metrics and others that it recognizes. Each is a route pattern or a display name, in "
                            + "which * stands for any characters, ? for one character, and \\* for a *.",
                        ["items"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["maxLength"] = 256 },
                    },
                    ["Cluster"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["description"] = "The cluster that shares ClusterWorkers (package QueueAdmission.Cluster).",
                        ["properties"] = new JsonObject
                        {
                            ["Name"] = new JsonObject
                            {
                                ["type"] = new JsonArray("string", "null"),
                                ["maxLength"] = 200,
                                ["description"] =
                                    "Nodes with the same name in one store form a cluster. "
                                    + "Default {ApplicationName}:{EnvironmentName}.",
                            },
                            ["LeaseDuration"] = new JsonObject
                            {
                                ["type"] = new JsonArray("string", "null"),
                                ["pattern"] = "^00:0(0:[0-5]\\d(\\.\\d{1,7})?|1:00)$",
                                ["default"] = "00:00:03",
                                ["description"] = "How long a lease lasts without a renewal; 00:00:01 to 00:01:00.",
                            },
                        },
                        ["additionalProperties"] = false,
                    },
                    ["Defaults"] = Reference("What every queue starts from."),
                    ["Queues"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["description"] = "The queues, by name.",
                        ["patternProperties"] = new JsonObject
                        {
                            ["^[A-Za-z0-9._-]{1,64}$"] = Reference("The settings of one queue."),
                        },
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
                ["properties"] = DescribeAll(table.Configurable),
                ["additionalProperties"] = false,
            },
        },
    };

    /// <summary>Describes the settings, and the objects that contain nested settings.</summary>
    private static JsonObject DescribeAll(IEnumerable<QueueSetting> settings)
    {
        var all = new JsonObject();
        foreach (var setting in settings)
        {
            var parts = setting.Key.Split(QueueSetting.KeyDivider);
            var properties = parts.Length == 1 ? all : PropertiesOf(all, parts[0]);
            properties[parts[^1]] = Describe(setting);
        }
        return all;
    }

    private static JsonObject PropertiesOf(JsonObject all, string name)
    {
        if (!all.ContainsKey(name))
        {
            all[name] = new JsonObject
            {
                ["type"] = new JsonArray("object", "null"),
                ["properties"] = new JsonObject(),
                ["additionalProperties"] = false,
            };
        }
        return all[name]!["properties"]!.AsObject();
    }

    private static JsonObject Describe(QueueSetting setting)
    {
        var schema = DescribeValues(setting.Schema);
        AllowNull(schema);
        schema["description"] = setting.Documentation;
        if (DefaultOf(setting) is { } value)
            schema["default"] = value;
        return schema;
    }

    private static JsonObject DescribeValues(SettingSchema values) => values.Type switch
    {
        SettingSchemaType.Integer =>
            new JsonObject { ["type"] = "integer", ["minimum"] = values.Min, ["maximum"] = values.Max },
        SettingSchemaType.Fraction => new JsonObject
        {
            ["type"] = "number",
            ["minimum"] = values.MinFraction,
            ["maximum"] = values.MaxFraction,
        },
        SettingSchemaType.NumberMap => new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = new JsonObject
            {
                ["type"] = new JsonArray("integer", "null"),
                ["minimum"] = values.Min,
                ["maximum"] = values.Max,
            },
        },
        SettingSchemaType.Boolean => new JsonObject { ["type"] = "boolean" },
        SettingSchemaType.Duration => Duration(values),
        SettingSchemaType.Name =>
            new JsonObject { ["enum"] = new JsonArray([.. values.Names.Select(name => JsonValue.Create(name))]) },
        _ when values.Pattern is { } pattern => new JsonObject { ["type"] = "string", ["pattern"] = pattern },
        _ => new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Duration(SettingSchema values)
    {
        var pattern = @"(\d+\.\d{2}|\d{1,2}):[0-5]\d:[0-5]\d(\.\d{1,7})?";
        return new JsonObject
        {
            ["type"] = "string",
            ["pattern"] = values.CanBeInfinite ? $"^({pattern}|infinite)$" : $"^{pattern}$",
        };
    }

    /// <summary>Allows null, which removes the values of weaker layers.</summary>
    private static void AllowNull(JsonObject schema)
    {
        if (schema["enum"] is JsonArray values)
            values.Add((JsonNode?)null);
        else
            schema["type"] = new JsonArray(schema["type"]!.DeepClone(), "null");
    }

    private static JsonNode? DefaultOf(QueueSetting setting) => setting.DefaultValue switch
    {
        null => null,
        int number => number,
        double number => number,
        bool value => value,
        _ => setting.ShownDefault,
    };

    private static JsonObject Reference(string description) =>
        new() { ["description"] = description, ["$ref"] = $"#/definitions/{Settings}" };
}
