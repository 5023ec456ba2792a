using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred;

/// <summary>
/// The preferences of a client in the header <c>Prefer</c> (RFC 7240) that are relevant for deferred requests.
/// </summary>
/// <remarks>
/// If a preference occurs several times, the first occurrence counts, even across several headers. Malformed text is
/// ignored, like preferences that a server does not know.
/// </remarks>
/// <param name="RespondAsync">Whether the client accepts a 202.</param>
/// <param name="Wait">
/// How long the client wants to wait for the real answer. Null if it does not specify a time.
/// </param>
internal readonly record struct Preferences(bool RespondAsync, TimeSpan? Wait)
{
    /// <summary>The name of the header.</summary>
    public const string Header = "Prefer";

    /// <summary>The name of the response header that lists the preferences that were applied.</summary>
    public const string AppliedHeader = "Preference-Applied";

    private const string RespondAsyncName = "respond-async";
    private const string WaitName = "wait";

    public static Preferences Read(StringValues headers)
    {
        bool? respondAsync = null;
        var hasWait = false;
        TimeSpan? wait = null;
        foreach (var header in headers)
        {
            var rest = header.AsSpan();
            while (TryTakeElement(ref rest, out var element))
            {
                if (!TryRead(element, out var name, out var value))
                {
                    continue;
                }
                if (name.Equals(RespondAsyncName, StringComparison.OrdinalIgnoreCase))
                {
                    // The preference takes no value. An empty value counts as none.
                    respondAsync ??= value.IsEmpty;
                }
                else if (name.Equals(WaitName, StringComparison.OrdinalIgnoreCase) && !hasWait)
                {
                    hasWait = true;
                    wait = ReadSeconds(value);
                }
            }
        }
        return new Preferences(respondAsync ?? false, wait);
    }

    /// <summary>Returns the value of <c>Preference-Applied</c>.</summary>
    /// <param name="respondAsync">Whether the answer is a 202.</param>
    /// <param name="wait">The wait that was applied. Null if the client did not specify one.</param>
    /// <returns>The value, or null if no preference was applied.</returns>
    public static string? Applied(bool respondAsync, TimeSpan? wait)
    {
        var seconds = wait is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"{WaitName}={(long)time.TotalSeconds}")
            : null;
        return (respondAsync, seconds) switch
        {
            (true, null) => RespondAsyncName,
            (true, _) => $"{RespondAsyncName}, {seconds}",
            _ => seconds,
        };
    }

    /// <summary>Takes the text up to the next comma outside of quotes.</summary>
    private static bool TryTakeElement(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> element)
    {
        if (rest.IsEmpty)
        {
            element = default;
            return false;
        }
        var isQuoted = false;
        for (var i = 0; i < rest.Length; i++)
        {
            switch (rest[i])
            {
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case '\\' when isQuoted:
                    i++;
                    break;
                case ',' when !isQuoted:
                    element = rest[..i];
                    rest = rest[(i + 1)..];
                    return true;
                default:
                    break;
            }
        }
        element = rest;
        rest = default;
        return true;
    }

    /// <summary>Reads <c>name</c> or <c>name=value</c>. Parameters that follow are ignored.</summary>
    private static bool TryRead(ReadOnlySpan<char> element, out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        value = default;
        element = element.Trim(" \t");
        name = element[..HeaderText.TokenLength(element)];
        var rest = element[name.Length..].TrimStart(" \t");
        if (name.IsEmpty)
        {
            return false;
        }
        if (rest is ['=', ..])
        {
            rest = rest[1..].TrimStart(" \t");
            var length = rest is ['"', ..] ? QuotedLength(rest) : HeaderText.TokenLength(rest);
            value = rest[..length].Trim('"');
            rest = rest[length..].TrimStart(" \t");
        }
        return rest is [] or [';', ..];
    }

    /// <summary>
    /// Returns the length of a quoted string including its quotes, or 0 if the closing quote is missing.
    /// </summary>
    private static int QuotedLength(ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i + 1;
            }
        }
        return 0;
    }

    /// <summary>
    /// Reads a whole number of seconds. Returns null if the text is not a number. A number that is too large is read as
    /// <see cref="int.MaxValue"/>.
    /// </summary>
    private static TimeSpan? ReadSeconds(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty || value.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }
        return TimeSpan.FromSeconds(
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? seconds
                : int.MaxValue);
    }
}
