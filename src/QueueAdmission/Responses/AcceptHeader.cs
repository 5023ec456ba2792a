using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// Determines from an <c>Accept</c> header whether a client names a media type and does not prefer JSON to it.
/// Allocates nothing.
/// </summary>
internal static class AcceptHeader
{
    public static readonly StringValues Name = "Accept";

    private const string Html = "text/html";
    private const double Unnamed = -1;

    /// <summary>Whether the client is a browser that wants a page.</summary>
    /// <remarks>Wildcards do not ask for a page: programs send <c>*/*</c>, and browsers always name HTML.</remarks>
    public static bool PrefersHtml(StringValues accept) => Prefers(accept, Html);

    /// <summary>Whether the header names the media type and does not prefer JSON to it.</summary>
    public static bool Prefers(StringValues accept, string mediaType)
    {
        // Under overload this runs for every rejection. Most headers do not name the media type, and are not parsed.
        if (!Names(accept, mediaType))
        {
            return false;
        }
        double wanted = Unnamed, json = Unnamed, anyApplication = Unnamed, anything = Unnamed;
        foreach (var value in accept)
        {
            var line = value.AsSpan();
            foreach (var part in line.Split(','))
            {
                var range = line[part];
                var end = range.IndexOf(';');
                var type = (end < 0 ? range : range[..end]).Trim();
                if (type.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
                {
                    wanted = Math.Max(wanted, Quality(range, end));
                    if (wanted == 1)
                    {
                        return true;
                    }
                }
                else if (IsJson(type))
                {
                    json = Math.Max(json, Quality(range, end));
                }
                else if (type.Equals("application/*", StringComparison.OrdinalIgnoreCase))
                {
                    anyApplication = Math.Max(anyApplication, Quality(range, end));
                }
                else if (type is "*/*")
                {
                    anything = Math.Max(anything, Quality(range, end));
                }
            }
        }
        // If several ranges match JSON, the most specific one counts.
        var jsonQuality = json != Unnamed ? json : anyApplication != Unnamed ? anyApplication : anything;
        return wanted > 0 && wanted >= jsonQuality;
    }

    /// <summary>Whether a <c>Vary</c> header already covers <c>Accept</c>.</summary>
    public static bool IsNamedIn(StringValues vary)
    {
        foreach (var value in vary)
        {
            var line = value.AsSpan();
            foreach (var part in line.Split(','))
            {
                var name = line[part].Trim();
                if (name is "*" || name.Equals("Accept", StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }
        return false;
    }

    private static bool Names(StringValues accept, string mediaType)
    {
        foreach (var value in accept)
        {
            if (value is not null && value.Contains(mediaType, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsJson(ReadOnlySpan<char> type) =>
        type.Equals("application/problem+json", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/json", StringComparison.OrdinalIgnoreCase);

    // A quality that cannot be parsed counts as 0.
    private static double Quality(ReadOnlySpan<char> range, int parametersAt)
    {
        if (parametersAt < 0)
        {
            return 1;
        }
        var parameters = range[(parametersAt + 1)..];
        foreach (var part in parameters.Split(';'))
        {
            var parameter = parameters[part].Trim();
            if (parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
            {
                return double.TryParse(
                        parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality)
                    && quality is >= 0 and <= 1 ? quality : 0;
            }
        }
        return 1;
    }
}
