namespace QueueAdmission;

/// <summary>The kind of JSON value of a setting.</summary>
internal enum SettingSchemaType
{
    Integer,
    Fraction,
    Duration,
    Boolean,
    Name,
    Text,

    /// <summary>An object with a number for each name.</summary>
    NumberMap,

    /// <summary>No JSON value: only code can give it.</summary>
    Code,
}

/// <summary>The description of the values of a setting, for JSON schemas and documentation.</summary>
/// <param name="Type">The kind of JSON value.</param>
/// <param name="Range">The range in words.</param>
internal sealed record SettingSchema(SettingSchemaType Type, string Range)
{
    /// <summary>The smallest number, for numbers and objects of numbers.</summary>
    public int? Min { get; init; }

    /// <summary>The largest number, for numbers and objects of numbers.</summary>
    public int? Max { get; init; }

    /// <summary>The smallest fraction, where it is one.</summary>
    public double? MinFraction { get; init; }

    /// <summary>The largest fraction, where it is one.</summary>
    public double? MaxFraction { get; init; }

    /// <summary>Whether a duration may be <c>infinite</c>.</summary>
    public bool CanBeInfinite { get; init; }

    /// <summary>The names there are, where it is a name.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>
    /// The regular expression that a text matches; null if any text is allowed, and for other values.
    /// </summary>
    public string? Pattern { get; init; }

    /// <summary>The end of a sentence that tells the range.</summary>
    public string RangeWords(string? unit) => Type switch
    {
        SettingSchemaType.Boolean or SettingSchemaType.Code => "",
        SettingSchemaType.Name or SettingSchemaType.Text => $"; one of {Range}",
        SettingSchemaType.NumberMap => $"; {Range}",
        _ => unit is null ? $"; range {Range}" : $"; range {Range} {unit}",
    };
}
