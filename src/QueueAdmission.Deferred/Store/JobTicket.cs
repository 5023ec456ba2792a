using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace QueueAdmission.Deferred;

/// <summary>
/// The signed part of the address of a job that is not in the store yet. It proves that the job was accepted, and says
/// where it lies until the store has it.
/// </summary>
/// <remarks>
/// The text is the id, a dot, and the encrypted rest. An invented id has no rest, so it is not found before the store
/// has such a job. Once the store has read the position, only the store can tell the state of the job. The job may
/// have been purged by then.
/// </remarks>
internal sealed record JobTicket(Guid Id, string Queue, JobPosition Position)
{
    private const char Separator = '.';
    private const int Fixed = 16 + sizeof(long) + sizeof(ushort);

    public string ToText(JobProtector protector)
    {
        var (source, queue) = (Encoding.UTF8.GetBytes(Position.Source), Encoding.UTF8.GetBytes(Queue));
        var bytes = new byte[Fixed + source.Length + queue.Length];
        Id.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), Position.Position);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(24), (ushort)source.Length);
        source.CopyTo(bytes, Fixed);
        queue.CopyTo(bytes, Fixed + source.Length);
        return $"{JobId.ToText(Id)}{Separator}{Base64Url.EncodeToString(protector.ProtectTicket(bytes))}";
    }

    /// <summary>Reads the id of an address, and its ticket.</summary>
    /// <param name="text">The text.</param>
    /// <param name="protector">The keys; null if they are not known yet.</param>
    /// <param name="id">The id.</param>
    /// <param name="ticket">
    /// The ticket. Null if there is none, or if it was not written for this id with a known key.
    /// </param>
    /// <returns>False if there is no id.</returns>
    public static bool TryParse(string? text, JobProtector? protector, out Guid id, out JobTicket? ticket)
    {
        ticket = null;
        var end = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (!JobId.TryParse(end < 0 ? text : text![..end], out id))
        {
            return false;
        }
        ticket = end < 0 || protector is null ? null : Read(text.AsSpan(end + 1), protector);
        ticket = ticket?.Id == id ? ticket : null;
        return true;
    }

    /// <summary>The job, if the store has not read its position yet.</summary>
    public StoredJob? FindOnItsWay(JobStoreAccess access) =>
        access.Call("position", store => store.ReadPosition(Position.Source)) < Position.Position
            ? new StoredJob
            {
                Id = Id,
                Queue = Queue,
                Route = "",
                State = StoredJobState.Waiting,
                AcceptedAt = JobId.TimeOf(Id),
                Attempts = 0,
            }
            // It came between the two looks.
            : access.Call("find", store => store.Find(Id));

    /// <summary>Whether a job came from <see cref="FindOnItsWay"/>, and is not in the store.</summary>
    public static bool IsOnItsWay(StoredJob job) => job.Route.Length == 0;

    private static JobTicket? Read(ReadOnlySpan<char> text, JobProtector protector)
    {
        try
        {
            ReadOnlySpan<byte> bytes = protector.UnprotectTicket(Base64Url.DecodeFromChars(text));
            var source = BinaryPrimitives.ReadUInt16BigEndian(bytes[24..]);
            return new JobTicket(
                new Guid(bytes[..16], bigEndian: true),
                Encoding.UTF8.GetString(bytes[(Fixed + source)..]),
                new JobPosition(
                    Encoding.UTF8.GetString(bytes.Slice(Fixed, source)),
                    BinaryPrimitives.ReadInt64BigEndian(bytes[16..])));
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
