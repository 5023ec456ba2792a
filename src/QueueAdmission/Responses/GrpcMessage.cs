using System.Globalization;
using System.Text;

namespace QueueAdmission;

/// <summary>Writes a text as the header <c>grpc-message</c> wants it: UTF-8, percent-encoded.</summary>
internal static class GrpcMessage
{
    /// <summary>Encodes everything but printable ASCII, and the percent sign itself.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var letter in Encoding.UTF8.GetBytes(text))
        {
            if (letter is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                encoded.Append((char)letter);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{letter:X2}");
            }
        }
        return encoded.ToString();
    }
}
