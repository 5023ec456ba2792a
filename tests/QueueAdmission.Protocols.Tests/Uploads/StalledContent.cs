using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Uploads;

/// <summary>A body of which only one byte is sent until the gate is open.</summary>
internal sealed class StalledContent(Gate gate) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(new byte[1]);
        await stream.FlushAsync();
        await gate.PassAsync();
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = 1_000_000;
        return true;
    }
}
