namespace QueueAdmission;

internal sealed class Names<T> : SettingValues<T>
    where T : struct, Enum
{
    internal override string Range => string.Join(", ", Enum.GetNames<T>());

    internal override SettingSchema Schema => new(SettingSchemaType.Name, Range) { Names = Enum.GetNames<T>() };

    internal override bool TryParse(string text, out T value) => SettingParser.TryName(text, out value);

    internal override string Show(T value) => value.ToString();

    internal override bool Contains(T value) => Enum.IsDefined(value);
}
