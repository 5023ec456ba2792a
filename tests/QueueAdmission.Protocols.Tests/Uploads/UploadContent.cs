using System.Net;
using System.Security.Cryptography;

namespace QueueAdmission.Protocols.Uploads;

/// <summary>A body of varying bytes, which counts the bytes that the client has sent.</summary>
internal sealed class UploadContent(int length) : HttpContent
{
    private const int ChunkLength = 16 * 1024;

    private long _sent;

    public long Sent => Volatile.Read(ref _sent);

    /// <summary>
    /// Returns the hash of a body of this length, which a server must compute if it has read all bytes.
    /// </summary>
    public static string HashOf(int length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var chunk in Chunks(length))
            hash.AppendData(chunk.Span);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public static async Task<string> HashAsync(Stream body, CancellationToken cancellationToken) =>
        Convert.ToHexString(await SHA256.HashDataAsync(body, cancellationToken));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var chunk in Chunks(length))
        {
            await stream.WriteAsync(chunk, cancellationToken);
            Volatile.Write(ref _sent, _sent + chunk.Length);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Chunks(int length)
    {
        var chunk = new byte[ChunkLength];
        for (var at = 0; at < length; at += ChunkLength)
        {
            for (var i = 0; i < chunk.Length; i++)
                chunk[i] = (byte)((at + i) % 251);
            yield return chunk.AsMemory(0, Math.Min(ChunkLength, length - at));
        }
    }
}
