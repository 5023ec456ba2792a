using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>Reads of an <c>Accept</c> header the one thing that matters here, without allocating: is this a browser that wants a page?</summary>
internal static class AcceptHeader
{
    public static readonly StringValues Name = "Accept";

    private const string Html = "text/html";
    private const double Unnamed = -1;

    /// <summary>
    /// Whether <c>text/html</c> is named, and JSON is not wanted more. Wildcards do not ask for a page: programs send <c>*/*</c>, browsers always name HTML.
    /// </summary>
    public static bool PrefersHtml(StringValues accept)
    {
        // Overload is when this is asked most: most programs and all browsers are told apart without reading the whole header.
        if (!NamesHtml(accept))
            return false;
        double html = Unnamed, json = Unnamed, anyApplication = Unnamed, anything = Unnamed;
        foreach (var value in accept)
        {
            var line = value.AsSpan();
            foreach (var part in line.Split(','))
            {
                var range = line[part];
                var end = range.IndexOf(';');
                var type = (end < 0 ? range : range[..end]).Trim();
                if (type.Equals(Html, StringComparison.OrdinalIgnoreCase))
                {
                    html = Math.Max(html, Quality(range, end));
                    if (html == 1)
                        return true;
                }
                else if (type.Equals("application/problem+json", StringComparison.OrdinalIgnoreCase) || type.Equals("application/json", StringComparison.OrdinalIgnoreCase))
                    json = Math.Max(json, Quality(range, end));
                else if (type.Equals("application/*", StringComparison.OrdinalIgnoreCase))
                    anyApplication = Math.Max(anyApplication, Quality(range, end));
                else if (type is "*/*")
                    anything = Math.Max(anything, Quality(range, end));
            }
        }
        // Of several ranges that match JSON the most specific one counts.
        var jsonQuality = json != Unnamed ? json : anyApplication != Unnamed ? anyApplication : anything;
        return html > 0 && html >= jsonQuality;
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
                    return true;
            }
        }
        return false;
    }

    private static bool NamesHtml(StringValues accept)
    {
        foreach (var value in accept)
        {
            if (value is not null && value.Contains(Html, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    // What cannot be read as a quality is not taken as a wish.
    private static double Quality(ReadOnlySpan<char> range, int parametersAt)
    {
        if (parametersAt < 0)
            return 1;
        var parameters = range[(parametersAt + 1)..];
        foreach (var part in parameters.Split(';'))
        {
            var parameter = parameters[part].Trim();
            if (parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
                return double.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality) && quality is >= 0 and <= 1 ? quality : 0;
        }
        return 1;
    }
}
