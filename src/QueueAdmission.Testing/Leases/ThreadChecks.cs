using System.Globalization;
using System.Text;
using static QueueAdmission.Testing.ContractAssert;

namespace QueueAdmission.Testing;

/// <summary>
/// The checks of a store under contention, with a starved thread pool, after its disposal, and without its server.
/// </summary>
/// <param name="open">Opens one more connection to the store.</param>
internal sealed class ThreadChecks(Func<ILeaseStore> open)
{
    public void LosesNoWrite()
    {
        const int writers = 4;
        const int writesEach = 25;
        var key = NewKey();
        var stores = Enumerable.Range(0, writers).Select(_ => open()).ToList();
        try
        {
            OnThreads(writers, writer =>
            {
                for (var i = 0; i < writesEach;)
                {
                    var reading = stores[writer].Read(key);
                    while (true)
                    {
                        var count = reading.Version is null
                            ? 0
                            : int.Parse(Encoding.UTF8.GetString(reading.Document.Span), CultureInfo.InvariantCulture);
                        var next = (count + 1).ToString(CultureInfo.InvariantCulture);
                        var write = NewWrite($"a.{next}.{writer}.{i}", next);
                        if (stores[writer].TryWrite(key, reading, write, out var current))
                        {
                            i++;
                            break;
                        }
                        reading = current;
                    }
                }
            });
            var total = Encoding.UTF8.GetString(stores[0].Read(key).Document.Span);
            Expect(
                total == (writers * writesEach).ToString(CultureInfo.InvariantCulture),
                $"{writers * writesEach} writes succeeded, but the document counts {total}.");
        }
        finally
        {
            stores.ForEach(store => store.Dispose());
        }
    }

    public void SurvivesStarvation()
    {
        using var store = open();
        var key = NewKey();
        store.Read(key);
        using var gate = new ManualResetEventSlim();
        using var starving = new CountdownEvent(1);
        // Many more work items than the pool has threads. A continuation that is queued now therefore does not run.
        var blockers = Math.Max(ThreadPool.ThreadCount, Environment.ProcessorCount) + 256;
        for (var i = 0; i < blockers; i++)
        {
            starving.AddCount();
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    gate.Wait();
                    starving.Signal();
                },
                null);
        }
        try
        {
            OnThreads(1, _ =>
            {
                for (var i = 1; i <= 5; i++)
                {
                    MustWrite(store, key, NewWrite($"a.{i}"));
                }
            });
        }
        catch (LeaseStoreException exception)
        {
            throw new ContractViolationException("A call failed while the thread pool was starved.", exception);
        }
        finally
        {
            gate.Set();
            starving.Signal();
            starving.Wait();
        }
    }

    public void ThrowsWhenDisposed()
    {
        var store = open();
        var key = NewKey();
        var reading = store.Read(key);
        store.Dispose();
        store.Dispose();
        Expect(Catch<ObjectDisposedException>(() => store.Read(key)) is not null, "Read works after Dispose.");
        Expect(
            Catch<ObjectDisposedException>(() => store.TryWrite(key, reading, NewWrite("a.1"), out _)) is not null,
            "TryWrite works after Dispose.");
    }

    public static void TellsUnreachable(Func<ILeaseStore> openUnreachable)
    {
        using var store = openUnreachable();
        var started = TimeProvider.System.GetTimestamp();
        var exception = Catch<LeaseStoreException>(() => store.Read(NewKey()));
        Expect(exception is not null, "Reading a store that cannot be reached has to throw LeaseStoreException.");
        Expect(
            exception!.Problem == LeaseStoreProblem.Unreachable,
            $"The problem is {exception.Problem} instead of Unreachable.");
        Expect(exception.Message.Length > 0, "The exception has no message.");
        Expect(
            TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5),
            "The call took more than 5 seconds.");
    }
}
