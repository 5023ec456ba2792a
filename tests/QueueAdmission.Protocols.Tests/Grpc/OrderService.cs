using Grpc.Core;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Grpc;

internal class OrderService(Gate gate) : Orders.OrdersBase
{
    public override async Task<Receipt> Buy(Order request, ServerCallContext context)
    {
        await gate.PassAsync();
        return new Receipt { Text = request.Item };
    }

    public override async Task Follow(
        Order request, IServerStreamWriter<Receipt> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(new Receipt { Text = request.Item + " taken" }, context.CancellationToken);
        await gate.PassAsync();
        await responseStream.WriteAsync(new Receipt { Text = request.Item + " shipped" }, context.CancellationToken);
    }
}

[Queued(LoopbackServer.Line)]
internal sealed class QueuedOrderService(Gate gate) : OrderService(gate);
