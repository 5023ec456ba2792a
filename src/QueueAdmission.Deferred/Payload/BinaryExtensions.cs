using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred;

/// <summary>Reads and writes the parts that stored requests and responses have in common.</summary>
internal static class BinaryExtensions
{
    // Decrypted bytes were certainly written by this or another release. This limit is for damaged bytes that were
    // stored without protection: it prevents them from causing a huge allocation.
    private const int MaxCount = 100_000;

    public static void WriteOptional(this BinaryWriter writer, string? value)
    {
        writer.Write(value is not null);
        if (value is not null)
        {
            writer.Write(value);
        }
    }

    public static string? ReadOptional(this BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    public static void WriteHeaders(this BinaryWriter writer, IReadOnlyList<KeyValuePair<string, StringValues>> headers)
    {
        writer.Write7BitEncodedInt(headers.Count);
        foreach (var (name, values) in headers)
        {
            writer.Write(name);
            writer.Write7BitEncodedInt(values.Count);
            foreach (var value in values)
            {
                writer.Write(value ?? "");
            }
        }
    }

    public static IReadOnlyList<KeyValuePair<string, StringValues>> ReadHeaders(this BinaryReader reader)
    {
        var headers = new KeyValuePair<string, StringValues>[reader.ReadCount()];
        for (var i = 0; i < headers.Length; i++)
        {
            var name = reader.ReadString();
            var values = new string[reader.ReadCount()];
            for (var j = 0; j < values.Length; j++)
            {
                values[j] = reader.ReadString();
            }
            headers[i] = new(name, values.Length == 1 ? new StringValues(values[0]) : new StringValues(values));
        }
        return headers;
    }

    public static int ReadCount(this BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        return count is >= 0 and <= MaxCount
            ? count
            : throw new InvalidDataException($"The count {count} is out of range.");
    }

    public static byte[] ReadExactly(this BinaryReader reader, int count)
    {
        if (count < 0 || count > reader.BaseStream.Length - reader.BaseStream.Position)
        {
            throw new InvalidDataException($"The length {count} is out of range.");
        }
        return reader.ReadBytes(count);
    }
}
