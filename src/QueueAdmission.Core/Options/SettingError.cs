namespace QueueAdmission;

/// <summary>A setting that is out of its range.</summary>
/// <param name="Key">The setting.</param>
/// <param name="Value">The value, as it was read.</param>
/// <param name="Allowed">What is allowed, in words that end neither sentence nor list.</param>
internal readonly record struct SettingError(string Key, string Value, string Allowed)
{
    /// <summary>The error, as words that follow the key in a message.</summary>
    public string Message => $"is {Value}; allowed: {Allowed}.";
}
