using System.Text;

namespace QueueAdmission.Kafka;

/// <summary>Converts jobs to records of a topic and back.</summary>
/// <remarks>
/// A record begins with two letters and the version of the format. A record without these letters was not written by
/// this product. A record with a higher version contains a job that a newer release has accepted, so it must not be
/// skipped.
/// </remarks>
internal static class JobRecord
{
    public const byte Version = 1;

    private const byte FirstLetter = (byte)'Q';
    private const byte SecondLetter = (byte)'J';

    /// <summary>
    /// Returns the key of a job's record. Kafka keeps records with the same key in one partition, in order.
    /// </summary>
    public static byte[] KeyOf(AcceptedJob job) =>
        job.SequenceKey ?? job.IdempotencyKey ?? job.Id.ToByteArray(bigEndian: true);

    public static byte[] Write(AcceptedJob job)
    {
        using var buffer = new MemoryStream(job.Payload.Length + 256);
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8))
        {
            writer.Write(FirstLetter);
            writer.Write(SecondLetter);
            writer.Write(Version);
            writer.Write(job.Id.ToByteArray(bigEndian: true));
            WriteText(writer, job.Queue);
            WriteText(writer, job.Route);
            writer.Write(job.AcceptedAt.UtcTicks);
            writer.Write((sbyte)job.Priority);
            writer.Write(job.Weight);
            WriteBytes(writer, job.SequenceKey);
            WriteBytes(writer, job.IdempotencyKey);
            WriteBytes(writer, job.Fingerprint);
            WriteBytes(writer, job.Payload);
        }
        return buffer.ToArray();
    }

    /// <exception cref="NewerRecordException">A newer release has written the record.</exception>
    /// <exception cref="InvalidDataException">The record is not a job, or is damaged.</exception>
    public static AcceptedJob Read(byte[]? record)
    {
        if (record is not [FirstLetter, SecondLetter, var version, ..])
        {
            throw new InvalidDataException("It was not written by this product.");
        }
        if (version > Version)
        {
            throw new NewerRecordException(version);
        }
        using var reader = new BinaryReader(new MemoryStream(record, 3, record.Length - 3), Encoding.UTF8);
        try
        {
            var job = Read(reader);
            return reader.BaseStream.Position == reader.BaseStream.Length
                ? job
                : throw new InvalidDataException("It has additional bytes after its job.");
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException("It is damaged.", exception);
        }
    }

    private static AcceptedJob Read(BinaryReader reader) => new()
    {
        Id = new Guid(reader.ReadBytes(16), bigEndian: true),
        Queue = ReadText(reader),
        Route = ReadText(reader),
        AcceptedAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
        Priority = ReadPriority(reader),
        Weight = reader.ReadInt32(),
        SequenceKey = ReadBytes(reader),
        IdempotencyKey = ReadBytes(reader),
        Fingerprint = ReadBytes(reader),
        Payload = ReadBytes(reader) ?? throw new InvalidDataException("It has no payload."),
        MaxWaiting = long.MaxValue,
    };

    private static JobPriority ReadPriority(BinaryReader reader)
    {
        var priority = (JobPriority)reader.ReadSByte();
        return Enum.IsDefined(priority)
            ? priority
            : throw new InvalidDataException($"Its priority {priority} is unknown.");
    }

    // Not encoded as UTF-8, because a name may contain an unpaired surrogate, which UTF-8 cannot represent.
    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write(text.Length);
        foreach (var character in text)
        {
            writer.Write((ushort)character);
        }
    }

    private static string ReadText(BinaryReader reader) =>
        string.Create(ReadLength(reader, sizeof(char)), reader, static (span, reader) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = (char)reader.ReadUInt16();
        }
    });

    private static void WriteBytes(BinaryWriter writer, byte[]? bytes)
    {
        writer.Write(bytes?.Length ?? -1);
        writer.Write(bytes ?? []);
    }

    private static byte[]? ReadBytes(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length == -1)
        {
            return null;
        }
        reader.BaseStream.Position -= sizeof(int);
        return reader.ReadBytes(ReadLength(reader, 1));
    }

    private static int ReadLength(BinaryReader reader, int size)
    {
        var length = reader.ReadInt32();
        return length >= 0 && (long)length * size <= reader.BaseStream.Length - reader.BaseStream.Position
            ? length
            : throw new InvalidDataException("It contains an invalid length.");
    }
}
