using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace QueueAdmission;

/// <summary>A map from names to whole numbers, or null. Names are compared ordinally.</summary>
/// <param name="what">The meaning of the numbers, for example <c>share</c>.</param>
/// <param name="ofWhat">The things that have the names, for example <c>key</c>.</param>
/// <param name="min">The smallest number.</param>
/// <param name="max">The largest number.</param>
internal sealed class NumberMaps(string what, string ofWhat, int min, int max)
    : SettingValues<IReadOnlyDictionary<string, int>?>
{
    private readonly WholeNumbers _numbers = new(min, max);

    internal override string Allowed => $"an object with {Range}";

    internal override string Range => $"a {what} of {_numbers.Range} for each {ofWhat}";

    internal override string AllowedEntry => _numbers.Allowed;

    internal override SettingSchema Schema => new(SettingSchemaType.NumberMap, Range) { Min = min, Max = max };

    // A map is written as an object, so no text is a valid value.
    internal override bool TryParse(string text, [MaybeNullWhen(false)] out IReadOnlyDictionary<string, int>? value)
    {
        value = null;
        return false;
    }

    internal override IReadOnlyDictionary<string, int>? ReadMap(
        IEnumerable<KeyValuePair<string, string>> entries, Action<KeyValuePair<string, string>> onBadEntry)
    {
        var map = new Dictionary<string, int>();
        foreach (var entry in entries)
        {
            if (_numbers.TryParse(entry.Value, out var number) && _numbers.Contains(number))
                map[entry.Key] = number;
            else
                onBadEntry(entry);
        }
        return map.Count == 0 ? null : map;
    }

    internal override string Show(IReadOnlyDictionary<string, int>? value) => value is null or { Count: 0 }
        ? OptionalValues.Unset
        : string.Join(", ", value
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(
                entry => string.Create(CultureInfo.InvariantCulture, $"{SettingText.Show(entry.Key)}={entry.Value}")));

    internal override bool Contains(IReadOnlyDictionary<string, int>? value) =>
        value is null || value.Values.All(_numbers.Contains);

    internal override bool AreSame(IReadOnlyDictionary<string, int>? a, IReadOnlyDictionary<string, int>? b) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.Count == b.Count && !a.Except(b).Any());
}
