using System.Diagnostics.CodeAnalysis;

namespace QueueAdmission;

/// <summary>Values that can be set only in code, such as functions.</summary>
internal sealed class CodeValues<T> : SettingValues<T>
{
    internal override string Range => "only in code";

    internal override SettingSchema Schema => new(SettingSchemaType.Code, Range);

    internal override bool TryParse(string text, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return false;
    }

    internal override string Show(T value) => value is null ? OptionalValues.Unset : "code";

    internal override bool Contains(T value) => true;
}
