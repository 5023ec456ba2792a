using System.Globalization;

namespace QueueAdmission;

/// <summary>Fractions, written as decimal numbers.</summary>
internal sealed class Fractions(double min, double max) : SettingValues<double>
{
    internal override string Allowed => $"a number, {Range}";

    internal override string Range => string.Create(CultureInfo.InvariantCulture, $"{min:R} to {max:R}");

    internal override SettingSchema Schema =>
        new(SettingSchemaType.Fraction, Range) { MinFraction = min, MaxFraction = max };

    internal override bool TryParse(string text, out double value)
    {
        value = 0;
        // .NET's parser ignores trailing null characters, whatever the style.
        return !text.Contains('\0')
            && double.TryParse(
                text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out value);
    }

    internal override string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    internal override bool Contains(double value) => value >= min && value <= max;
}
