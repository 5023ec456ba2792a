using System.Globalization;
using System.Text;

namespace QueueAdmission;

/// <summary>Encodes a text for the header <c>grpc-message</c>: UTF-8, percent-encoded.</summary>
internal static class GrpcMessage
{
    /// <summary>Encodes the percent sign and every byte that is not printable ASCII.</summary>
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
