using Microsoft.Extensions.Options;
using QueueAdmission;

namespace WebDemo;

/// <summary>A shop with few lamps. It never sells a lamp that it does not have, however many tills are open.</summary>
internal sealed class Shop(IOptions<ShopOptions> options, [FromKeyedServices("checkout")] JobQueue queue, Tills tills)
{
    public const string GotOne = "you got one";
    public const string NoneLeft = "sold out";

    private readonly int _restock = options.Value.Restock;
    private int _stock = options.Value.Stock;
    private long _orderTicks = options.Value.OrderTime.Ticks;
    private long _calls;
    private long _sold;
    private long _toldAtDoor;
    private long _toldAtTill;

    public int Stock => Volatile.Read(ref _stock);

    /// <summary>Callers that got the answer "sold out" at the door and never queued.</summary>
    public long ToldAtDoor => Interlocked.Read(ref _toldAtDoor);

    public TimeSpan OrderTime
    {
        get => new(Interlocked.Read(ref _orderTicks));
        set => Interlocked.Exchange(ref _orderTicks, value.Ticks);
    }

    /// <summary>Counts a caller at the door, before the queue. Returns false if the shop is sold out.</summary>
    public bool Greet()
    {
        Interlocked.Increment(ref _calls);
        if (Stock > 0)
            return true;
        Interlocked.Increment(ref _toldAtDoor);
        return false;
    }

    /// <summary>
    /// Sells a lamp to a caller with a worker. An order that has begun is finished, even if the buyer has left.
    /// </summary>
    public async Task<string> BuyAsync()
    {
        if (!TryTakeOne())
        {
            Interlocked.Increment(ref _toldAtTill);
            return NoneLeft;
        }
        await tills.ProcessOrderAsync(OrderTime);
        Interlocked.Increment(ref _sold);
        return GotOne;
    }

    public Books Restock()
    {
        Interlocked.Add(ref _stock, _restock);
        return ReadBooks();
    }

    public Books ReadBooks() => ReadBooks(queue.GetSnapshot());

    public Books ReadBooks(JobQueueSnapshot snapshot)
    {
        var dropped = snapshot.RejectedByReason.ToDictionary(pair => pair.Key.ToWireName(), pair => pair.Value);
        if (snapshot.Abandoned > 0)
            dropped.Add("abandoned", snapshot.Abandoned);
        return new Books(Stock, Interlocked.Read(ref _sold), ToldAtDoor + Interlocked.Read(ref _toldAtTill), dropped,
            Interlocked.Read(ref _calls));
    }

    // Two buyers may see the same last lamp. The compare-and-set gives it to one buyer. The other buyer reads the stock
    // again.
    private bool TryTakeOne()
    {
        int stock;
        do
        {
            stock = Stock;
            if (stock == 0)
                return false;
        }
        while (Interlocked.CompareExchange(ref _stock, stock - 1, stock) != stock);
        return true;
    }
}
