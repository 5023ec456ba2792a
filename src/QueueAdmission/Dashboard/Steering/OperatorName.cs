using System.Globalization;
using System.Security.Claims;
using System.Text;

namespace QueueAdmission;

/// <summary>Makes the name of an operator safe for logs and for the page.</summary>
internal static class OperatorName
{
    /// <summary>The maximum length of a name, in UTF-16 characters. A longer name is truncated.</summary>
    public const int MaxLength = 64;

    private const string Unknown = "an operator without a name";

    /// <summary>Returns the name of a signed-in user, or the user's identifier if there is no name.</summary>
    public static string Of(ClaimsPrincipal user)
    {
        string?[] names =
            [user.Identity?.Name, user.FindFirstValue(ClaimTypes.NameIdentifier), user.FindFirstValue("sub")];
        return names.Select(Clean).FirstOrDefault(name => name.Length > 0) ?? Unknown;
    }

    /// <summary>
    /// Removes invisible characters, which could forge a line of a log or change how a line is displayed. Truncates a
    /// long name.
    /// </summary>
    public static string Clean(string? name)
    {
        var clean = new StringBuilder();
        foreach (var rune in (name ?? "").EnumerateRunes())
        {
            if (IsHidden(rune))
            {
                continue;
            }
            if (clean.Length + rune.Utf16SequenceLength > MaxLength)
            {
                break;
            }
            clean.Append(rune);
        }
        return clean.ToString().Trim();
    }

    /// <summary>
    /// Whether a character is invisible: a control character, a direction mark, a zero-width character, or the end of a
    /// line.
    /// </summary>
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;
}
