namespace WebDemo;

/// <summary>The current order of each till and its start, for the display on the page.</summary>
internal sealed class Tills(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Order?> _orders = [];
    private int _lastNumber;

    /// <summary>Simulates the work for an order, such as the payment, the stock system and the mail.</summary>
    public async Task ProcessOrderAsync(TimeSpan duration)
    {
        var till = Open(duration);
        await Task.Delay(duration, time);
        Close(till);
    }

    public IReadOnlyList<TillView?> Look()
    {
        var now = time.GetTimestamp();
        lock (_lock)
            return _orders.ConvertAll(order => order is null ? null
                : new TillView(order.Number, (int)time.GetElapsedTime(order.Start, now).TotalMilliseconds,
                    (int)order.Duration.TotalMilliseconds));
    }

    private int Open(TimeSpan duration)
    {
        lock (_lock)
        {
            var till = _orders.IndexOf(null);
            if (till < 0)
            {
                till = _orders.Count;
                _orders.Add(null);
            }
            _orders[till] = new Order(++_lastNumber, time.GetTimestamp(), duration);
            return till;
        }
    }

    private void Close(int till)
    {
        lock (_lock)
        {
            _orders[till] = null;
            while (_orders is [.., null])
                _orders.RemoveAt(_orders.Count - 1);
        }
    }

    private sealed record Order(int Number, long Start, TimeSpan Duration);
}

/// <summary>One till that works on an order.</summary>
/// <param name="Order">The order's number.</param>
/// <param name="Elapsed">The milliseconds that the till has worked on the order.</param>
/// <param name="Duration">The milliseconds that the order takes.</param>
internal sealed record TillView(int Order, int Elapsed, int Duration);
