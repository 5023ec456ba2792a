using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Doubles;

/// <summary>A handler that waits until the test releases it, and that counts its calls.</summary>
internal sealed class Gate
{
    private readonly SemaphoreSlim _exit = new(0);
    private int _inside;
    private int _entered;
    private int _maxInside;

    public int Inside => Volatile.Read(ref _inside);

    public int Entered => Volatile.Read(ref _entered);

    public int MaxInside => Volatile.Read(ref _maxInside);

    /// <summary>The values of the query parameter <c>id</c>, in the order in which the handlers started.</summary>
    public ConcurrentQueue<string> Order { get; } = [];

    public async Task PassAsync(HttpContext context)
    {
        Order.Enqueue(context.Request.Query["id"].ToString());
        var inside = Interlocked.Increment(ref _inside);
        for (var most = Volatile.Read(ref _maxInside); inside > most;)
        {
            most =
                Interlocked.CompareExchange(ref _maxInside, inside, most) is var seen && seen == most ? inside : seen;
        }
        // Increment this last, because a test that waits for it then reads the other values.
        Interlocked.Increment(ref _entered);
        await _exit.WaitAsync(CancellationToken.None);
        Interlocked.Decrement(ref _inside);
    }

    public Task EnteredAsync(int count) =>
        Eventually.TrueAsync(() => Entered >= count, $"Of {count} handlers only {Entered} began.");

    public void LetOut(int count = 1) => _exit.Release(count);
}
