using System.Diagnostics.CodeAnalysis;

namespace QueueAdmission;

internal sealed class Texts<T>(string allowed, Func<string, T?> parse, string? pattern) : SettingValues<T>
    where T : class
{
    internal override string Range => allowed;

    internal override SettingSchema Schema => new(SettingSchemaType.Text, Range) { Pattern = pattern };

    internal override bool TryParse(string text, [MaybeNullWhen(false)] out T value)
    {
        value = parse(text);
        return value is not null;
    }

    internal override string Show(T value) => value?.ToString() ?? OptionalValues.Unset;

    internal override bool Contains(T value) => value is not null;

    // Each reading of the configuration creates new objects, so equal texts count as the same value. Values that only
    // code can create are excluded, because they may differ despite equal texts.
    internal override bool AreSame(T a, T b) =>
        base.AreSame(a, b) || (Show(a) is var text && text == Show(b) && parse(text) is not null);
}
