using System.Globalization;
using System.Text;

namespace QueueAdmission.Redis;

/// <summary>A command in the protocol RESP 2: an array of bulk strings.</summary>
internal sealed class RespCommand
{
    private readonly MemoryStream _body = new();
    private int _count;

    public RespCommand(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            Add(word);
        }
    }

    public RespCommand Add(string word) => Add(Encoding.UTF8.GetBytes(word));

    public RespCommand Add(long number) => Add(number.ToString(CultureInfo.InvariantCulture));

    public RespCommand Add(ReadOnlySpan<byte> word)
    {
        _count++;
        _body.Write(Header('$', word.Length));
        _body.Write(word);
        _body.Write("\r\n"u8);
        return this;
    }

    public byte[] ToBytes() => [.. Header('*', _count), .. _body.GetBuffer().AsSpan(0, (int)_body.Length)];

    private static byte[] Header(char kind, int length) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}{length}\r\n"));
}
