using System.Globalization;
using System.Text;

namespace QueueAdmission;

/// <summary>The text of a setting as configuration has it.</summary>
internal static class SettingText
{
    /// <summary>
    /// Removes the blanks and line ends around a text, which environment variables and mounted secrets often have.
    /// </summary>
    public static string Trim(string text) => text.Trim(' ', '\t', '\r', '\n');

    /// <summary>
    /// Whether the text has an invisible character. No valid value has one. In names, it would make two different names
    /// look the same.
    /// </summary>
    public static bool HidesCharacters(string text) => text.Any(IsHidden);

    /// <summary>The text for a message, with characters that cannot be seen written as <c>\u0000</c>.</summary>
    public static string Show(string text)
    {
        if (!HidesCharacters(text))
            return text;
        var shown = new StringBuilder();
        foreach (var character in text)
        {
            if (IsHidden(character))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            else
                shown.Append(character);
        }
        return shown.ToString();
    }

    private static bool IsHidden(char character) => character != ' ' && char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
