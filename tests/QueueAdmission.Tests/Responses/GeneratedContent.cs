using System.Net;

namespace QueueAdmission.Responses;

/// <summary>A request body of any length, which is generated while it is being sent.</summary>
internal sealed class GeneratedContent(long length) : HttpContent
{
    private static readonly byte[] Piece = new byte[64 * 1024];

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var left = length; left > 0; left -= Piece.Length)
            await stream.WriteAsync(Piece.AsMemory(0, (int)Math.Min(left, Piece.Length)));
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
