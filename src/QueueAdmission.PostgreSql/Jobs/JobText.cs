namespace QueueAdmission.PostgreSql;

/// <summary>
/// Converts texts to the form in the tables and back. A text in PostgreSQL cannot contain U+0000 or an unpaired
/// surrogate.
/// </summary>
/// <remarks>Such characters are replaced by escapes, so different queue names remain different.</remarks>
internal static class JobText
{
    private const char Escape = '\uE000';

    public static string ToStored(string text) =>
        text.AsSpan().IndexOfAnyInRange('\uD800', '\uE000') < 0 && !text.Contains('\0', StringComparison.Ordinal)
        ? text
        : Escaped(text);

    public static string FromStored(string text)
    {
        if (!text.Contains(Escape, StringComparison.Ordinal))
        {
            return text;
        }
        var result = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == Escape && i + 4 < text.Length)
            {
                result.Append((char)Convert.ToUInt16(text.Substring(i + 1, 4), 16));
                i += 4;
            }
            else
            {
                result.Append(text[i]);
            }
        }
        return result.ToString();
    }

    private static string Escaped(string text)
    {
        var result = new System.Text.StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                result.Append(c).Append(text[++i]);
            }
            else if (c is '\0' or Escape || char.IsSurrogate(c))
            {
                result.Append(Escape)
                    .Append(((ushort)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            }
            else
            {
                result.Append(c);
            }
        }
        return result.ToString();
    }
}
