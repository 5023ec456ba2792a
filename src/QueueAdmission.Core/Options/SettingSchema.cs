namespace QueueAdmission;

/// <summary>The JSON type of a setting's values.</summary>
internal enum SettingSchemaType
{
    Integer,
    Fraction,
    Duration,
    Boolean,
    Name,
    Text,

    /// <summary>A JSON object with one number per name.</summary>
    NumberMap,

    /// <summary>No JSON value. The setting can be set only in code.</summary>
    Code,
}

/// <summary>The description of the values of a setting, for JSON schemas and documentation.</summary>
/// <param name="Type">The JSON type.</param>
/// <param name="Range">The range in words.</param>
internal sealed record SettingSchema(SettingSchemaType Type, string Range)
{
    /// <summary>The minimum, for whole numbers and objects of numbers.</summary>
    public int? Min { get; init; }

    /// <summary>The maximum, for whole numbers and objects of numbers.</summary>
    public int? Max { get; init; }

    /// <summary>The minimum, for fractions.</summary>
    public double? MinFraction { get; init; }

    /// <summary>The maximum, for fractions.</summary>
    public double? MaxFraction { get; init; }

    /// <summary>Whether a duration may be <c>infinite</c>.</summary>
    public bool CanBeInfinite { get; init; }

    /// <summary>The allowed names, for <see cref="SettingSchemaType.Name"/>.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>
    /// The regular expression that a text must match, for <see cref="SettingSchemaType.Text"/>. Null if any text is
    /// allowed, and for other types.
    /// </summary>
    public string? Pattern { get; init; }

    /// <summary>Returns the range as the end of a sentence.</summary>
    public string RangeWords(string? unit) => Type switch
    {
        SettingSchemaType.Boolean or SettingSchemaType.Code => "",
        SettingSchemaType.Name or SettingSchemaType.Text => $"; one of {Range}",
        SettingSchemaType.NumberMap => $"; {Range}",
        _ => unit is null ? $"; range {Range}" : $"; range {Range} {unit}",
    };
}
