using System.Globalization;

namespace QueueAdmission;

internal sealed class WholeNumbers(int min, int max) : SettingValues<int>
{
    internal override string Allowed => $"a whole number, {Range}";

    internal override string Range => string.Create(CultureInfo.InvariantCulture, $"{min:N0} to {max:N0}");

    internal override SettingSchema Schema => new(SettingSchemaType.Integer, Range) { Min = min, Max = max };

    internal override bool TryParse(string text, out int value) => SettingParser.TryWholeNumber(text, out value);

    internal override string Show(int value) => value.ToString(CultureInfo.InvariantCulture);

    internal override bool Contains(int value) => value >= min && value <= max;
}
