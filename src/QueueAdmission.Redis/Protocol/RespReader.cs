using System.Globalization;
using System.Text;

namespace QueueAdmission.Redis;

/// <summary>Reads answers in the protocol RESP 2.</summary>
/// <remarks>
/// An answer is null, a <see cref="long"/>, a <see cref="string"/> (a simple string), an array of bytes (a bulk
/// string), a <see cref="RedisErrorException"/>, or an array of answers.
/// </remarks>
internal sealed class RespReader(Stream stream)
{
    /// <summary>
    /// The largest accepted length, far more than that of a document. A server that announces more is not Redis.
    /// </summary>
    private const int MaxLength = 64 * 1024 * 1024;

    private const int MaxDepth = 8;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <exception cref="IOException">The connection is lost or timed out, or its server is not Redis.</exception>
    public object? Read() => Read(0);

    private object? Read(int depth)
    {
        var kind = ReadByte();
        var line = ReadLine();
        switch (kind)
        {
            case (byte)'+':
                return line;
            case (byte)'-':
                return new RedisErrorException(line);
            case (byte)':':
                return long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw NotRedis();
            case (byte)'$':
                var length = Length(line);
                return length < 0 ? null : ReadBulk(length);
            case (byte)'*' when depth < MaxDepth:
                var count = Length(line);
                return count < 0 ? null : ReadArray(count, depth + 1);
            default:
                throw NotRedis();
        }
    }

    private object?[] ReadArray(int count, int depth)
    {
        var items = new List<object?>();
        for (var i = 0; i < count; i++)
        {
            items.Add(Read(depth));
        }
        return [.. items];
    }

    private byte[] ReadBulk(int length)
    {
        var bytes = new byte[length];
        var taken = Math.Min(length, _end - _start);
        Buffer.BlockCopy(_buffer, _start, bytes, 0, taken);
        _start += taken;
        stream.ReadExactly(bytes, taken, length - taken);
        if (ReadByte() != '\r' || ReadByte() != '\n')
        {
            throw NotRedis();
        }
        return bytes;
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            var next = ReadByte();
            if (next == '\r')
            {
                return ReadByte() == '\n' ? line.ToString() : throw NotRedis();
            }
            if (line.Length > 4096)
            {
                throw NotRedis();
            }
            line.Append((char)next);
        }
    }

    private byte ReadByte()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, stream.Read(_buffer));
            if (_end == 0)
            {
                throw new EndOfStreamException("the server closed the connection");
            }
        }
        return _buffer[_start++];
    }

    private static int Length(string line) =>
        int.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var length)
            && length is >= -1 and <= MaxLength
            ? length
            : throw NotRedis();

    private static IOException NotRedis() => new("the answer does not follow the protocol of Redis");
}
