namespace QueueAdmission;

internal sealed class Switches : SettingValues<bool>
{
    internal override string Range => "true, false";

    internal override SettingSchema Schema => new(SettingSchemaType.Boolean, Range);

    internal override bool TryParse(string text, out bool value) => SettingParser.TrySwitch(text, out value);

    internal override string Show(bool value) => value ? "true" : "false";

    internal override bool Contains(bool value) => true;
}
