using System.Globalization;
using System.Text;

namespace QueueAdmission;

/// <summary>Handles the texts of settings in configuration.</summary>
internal static class SettingText
{
    /// <summary>
    /// Removes blanks, tabs and line breaks around a text. Environment variables and mounted secrets often contain
    /// them.
    /// </summary>
    public static string Trim(string text) => text.Trim(' ', '\t', '\r', '\n');

    /// <summary>
    /// Returns true if the text contains an invisible character. No valid value contains one. In names, such a
    /// character would make two different names look the same.
    /// </summary>
    public static bool HidesCharacters(string text) => text.Any(IsHidden);

    /// <summary>
    /// Returns the text for a message. Invisible characters are escaped, for example as <c>\u0000</c>.
    /// </summary>
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
