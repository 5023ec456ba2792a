using System.Diagnostics.CodeAnalysis;

namespace QueueAdmission;

internal sealed class OptionalValues<T>(SettingValues<T> values) : SettingValues<T?>
    where T : struct
{
    internal override string Allowed => values.Allowed;

    internal override string Range => values.Range;

    internal override SettingSchema Schema => values.Schema;

    internal override bool TryParse(string text, [MaybeNullWhen(false)] out T? value)
    {
        var isValue = values.TryParse(text, out var parsed);
        value = isValue ? parsed : null;
        return isValue;
    }

    internal override string Show(T? value) => value is { } given ? values.Show(given) : OptionalValues.Unset;

    internal override bool Contains(T? value) => value is not { } given || values.Contains(given);

    internal override string? Hint(string text) => values.Hint(text);

    internal override bool AreSame(T? a, T? b) =>
        a is { } first && b is { } second ? values.AreSame(first, second) : a.HasValue == b.HasValue;
}

/// <summary>The text that is shown for a setting without a value.</summary>
internal static class OptionalValues
{
    public const string Unset = "unset";
}
