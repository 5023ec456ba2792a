namespace QueueAdmission;

/// <summary>The error that the value of a setting is not allowed.</summary>
/// <param name="Key">The key of the setting.</param>
/// <param name="Value">The value as text.</param>
/// <param name="Allowed">The allowed values, as a phrase without a final full stop.</param>
internal readonly record struct SettingError(string Key, string Value, string Allowed)
{
    /// <summary>The part of an error message that follows the key.</summary>
    public string Message => $"is {Value}; allowed: {Allowed}.";
}
