using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;

namespace QueueAdmission.Docs;

/// <summary>This type and those below are used, but not declared, by fragments of pages.</summary>
public sealed record Order(string Item);

public sealed record ChatRequest(string Model, string Prompt);

public sealed record Post(string Text);

public class ChatHub : Hub;

public class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options);

public class CheckoutPage : IRejectionWriter
{
    public bool CanWrite(RejectionContext context) => throw new NotSupportedException();

    public ValueTask WriteAsync(RejectionContext context) => throw new NotSupportedException();
}

public class MyStore(string address = "") : ILeaseStore
{
    public string Name => address;

    public bool HasSignals => throw new NotSupportedException();

    public LeaseStoreReading Read(LeaseStoreKey key) => throw new NotSupportedException();

    public bool TryWrite(
        LeaseStoreKey key,
        LeaseStoreReading expected,
        LeaseStoreWrite write,
        [NotNullWhen(false)] out LeaseStoreReading? current) =>
        throw new NotSupportedException();

    public void Listen(string cluster, Action<LeaseStoreSignal> onSignal, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public void Dispose() => GC.SuppressFinalize(this);
}
