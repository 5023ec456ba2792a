using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred;

/// <summary>Reads a structured header field (RFC 9651) whose value is an Item of type String.</summary>
internal static class StructuredString
{
    /// <summary>Reads the string. The syntax of parameters after it is checked, and their values are ignored.</summary>
    /// <param name="headers">The lines of the field. Several lines form a list, which is not an Item.</param>
    /// <param name="text">The string, without quotes and escapes.</param>
    /// <returns>True if the field is an Item of type String.</returns>
    public static bool TryRead(StringValues headers, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (headers.Count != 1)
        {
            return false;
        }
        var rest = headers[0].AsSpan().Trim(' ');
        return TryTakeString(ref rest, out text) && AreParameters(rest);
    }

    private static bool TryTakeString(ref ReadOnlySpan<char> rest, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (rest is not ['"', ..])
        {
            return false;
        }
        var builder = new StringBuilder(rest.Length);
        for (var i = 1; i < rest.Length; i++)
        {
            switch (rest[i])
            {
                case '"':
                    text = builder.ToString();
                    rest = rest[(i + 1)..];
                    return true;
                case '\\' when i + 1 < rest.Length && rest[i + 1] is '"' or '\\':
                    builder.Append(rest[++i]);
                    break;
                case '\\' or < ' ' or > '~':
                    return false;
                default:
                    builder.Append(rest[i]);
                    break;
            }
        }
        return false;
    }

    private static bool AreParameters(ReadOnlySpan<char> rest)
    {
        while (rest is [';', ..])
        {
            rest = rest[1..].TrimStart(' ');
            var name = HeaderText.TokenLength(rest);
            if (name == 0 || rest[0] is not (>= 'a' and <= 'z' or '*'))
            {
                return false;
            }
            rest = rest[name..];
            if (rest is ['=', ..])
            {
                rest = rest[1..];
                if (!TryTakeValue(ref rest))
                {
                    return false;
                }
            }
        }
        return rest.IsEmpty;
    }

    /// <summary>
    /// Takes the value of a parameter. A string is parsed. For other types, only the end of the value is found.
    /// </summary>
    private static bool TryTakeValue(ref ReadOnlySpan<char> rest)
    {
        if (rest is ['"', ..])
        {
            return TryTakeString(ref rest, out _);
        }
        var end = rest.IndexOfAny(';', ' ', ',');
        var length = end < 0 ? rest.Length : end;
        rest = rest[length..];
        return length > 0;
    }
}
