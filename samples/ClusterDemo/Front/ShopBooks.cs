namespace ClusterDemo;

/// <summary>
/// Counts the outcomes of the shoppers that were sent to one shop. The front keeps these books, so they outlive the
/// process of the shop.
/// </summary>
internal sealed class ShopBooks
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private long _sold;
    private long _soldOut;
    private long _gaveUp;
    private long _waited;
    private long _moved;

    public void AddSold(bool hasWaited)
    {
        lock (_lock)
        {
            _sold++;
            _waited += hasWaited ? 1 : 0;
        }
    }

    public void AddSoldOut(bool hasWaited)
    {
        lock (_lock)
        {
            _soldOut++;
            _waited += hasWaited ? 1 : 0;
        }
    }

    public void AddRefused(string reason)
    {
        lock (_lock)
            _refused[reason] = _refused.GetValueOrDefault(reason) + 1;
    }

    public void AddGaveUp()
    {
        lock (_lock)
            _gaveUp++;
    }

    public void AddMoved()
    {
        lock (_lock)
            _moved++;
    }

    public ShopBooksView Look()
    {
        lock (_lock)
        {
            return new ShopBooksView(
                _sold, _soldOut, new SortedDictionary<string, long>(_refused, StringComparer.Ordinal), _gaveUp,
                _waited, _moved);
        }
    }
}

/// <summary>The books of one shop at one moment.</summary>
/// <param name="Sold">Shoppers that got the answer "you got one".</param>
/// <param name="SoldOut">Shoppers that got the answer "sold out".</param>
/// <param name="Refused">Shoppers that were sent away, by the queue's reason.</param>
/// <param name="GaveUp">Shoppers that left before they had an answer.</param>
/// <param name="Waited">Shoppers that got a worker and had waited for it.</param>
/// <param name="Moved">How often the shop ended during a call, and the call was forwarded to another shop.</param>
internal sealed record ShopBooksView(
    long Sold, long SoldOut, IReadOnlyDictionary<string, long> Refused, long GaveUp, long Waited, long Moved);
