using System.Globalization;
using System.Security.Claims;
using System.Text;

namespace QueueAdmission;

/// <summary>An operator's name, fit for logs and for the page.</summary>
internal static class OperatorName
{
    /// <summary>The longest name, in UTF-16 characters. The rest is cut off.</summary>
    public const int MaxLength = 64;

    private const string Unknown = "an operator without a name";

    /// <summary>The name of a signed-in user, or else the user's identifier.</summary>
    public static string Of(ClaimsPrincipal user)
    {
        string?[] names = [user.Identity?.Name, user.FindFirstValue(ClaimTypes.NameIdentifier), user.FindFirstValue("sub")];
        return names.Select(Clean).FirstOrDefault(name => name.Length > 0) ?? Unknown;
    }

    /// <summary>Takes out what could forge a line of a log, or make a line read otherwise than it was written.</summary>
    private static string Clean(string? name)
    {
        var clean = new StringBuilder();
        foreach (var rune in (name ?? "").EnumerateRunes())
        {
            if (IsHidden(rune))
                continue;
            if (clean.Length + rune.Utf16SequenceLength > MaxLength)
                break;
            clean.Append(rune);
        }
        return clean.ToString().Trim();
    }

    /// <summary>Whether a character has no picture of its own: controls, directions of writing, zero widths, and ends of lines.</summary>
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
