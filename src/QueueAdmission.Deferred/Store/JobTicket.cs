using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace QueueAdmission.Deferred;

/// <summary>
/// The authenticated part in the address of a job that is not in the store yet. It proves that the job was accepted,
/// and contains the position of the job until the store has it.
/// </summary>
/// <remarks>
/// The text consists of the id, a dot, and the encrypted ticket. Whoever invents an id has no valid ticket, so such an
/// id is not found unless the store has the job. Once the store has reached the position, only the store knows the
/// state of the job, which may even have been purged.
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

    /// <summary>Reads the id and the ticket of an address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="protector">Provides the keys. Null if they are not known yet.</param>
    /// <param name="id">The id.</param>
    /// <param name="ticket">
    /// The ticket. Null if there is none, or if the ticket was not issued for this id or its key is unknown.
    /// </param>
    /// <returns>False if the text does not begin with an id.</returns>
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

    /// <summary>
    /// Returns the job as waiting if the store has not reached its position yet. Otherwise looks the job up in the
    /// store.
    /// </summary>
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
            // The store has imported the job since the first look-up.
            : access.Call("find", store => store.Find(Id));

    /// <summary>Returns true if a job was returned by <see cref="FindOnItsWay"/> and is not in the store.</summary>
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
        catch (Exception exception)
            when (exception is CryptographicException or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
