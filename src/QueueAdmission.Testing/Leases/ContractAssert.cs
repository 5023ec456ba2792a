using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Text;

namespace QueueAdmission.Testing;

/// <summary>Assertions and helpers of the checks.</summary>
internal static class ContractAssert
{
    /// <summary>How long a check waits for an effect that the contract requires.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(10);

    public static LeaseStoreKey NewKey() => new("contract-" + Guid.NewGuid().ToString("N"), "queue");

    public static LeaseStoreWrite NewWrite(string version, string document = "{}", string? signal = null) =>
        new() { Version = version, Document = Encoding.UTF8.GetBytes(document), KeepFor = Keep, Signal = signal };

    public static void Expect(bool condition, string message)
    {
        if (!condition)
        {
            throw new ContractViolationException(message);
        }
    }

    public static void MustWrite(ILeaseStore store, LeaseStoreKey key, LeaseStoreWrite write) =>
        Expect(store.TryWrite(key, store.Read(key), write, out _), "A write without a competing write was refused.");

    public static void MustRefuse(
        ILeaseStore store, LeaseStoreKey key, LeaseStoreReading expected, LeaseStoreWrite write, string why)
    {
        var before = store.Read(key);
        var isWritten = store.TryWrite(key, expected, write, out var current);
        Expect(!isWritten, why);
        Expect(current is not null, "A refused write returned no reading.");
        var after = store.Read(key);
        Expect(
            after.Version == before.Version && after.Document.Span.SequenceEqual(before.Document.Span),
            "A refused write changed the document.");
    }

    public static TException? Catch<TException>(Action action)
        where TException : Exception
    {
        try
        {
            action();
            return null;
        }
        catch (TException exception)
        {
            return exception;
        }
    }

    public static void WaitUntil(Func<bool> condition, string message)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Expect(TimeProvider.System.GetElapsedTime(started) < Patience, message);
            Thread.Yield();
        }
    }

    /// <summary>
    /// Runs code on dedicated threads, as the cluster does. Throws the first exception of these threads.
    /// </summary>
    public static void OnThreads(int count, Action<int> work)
    {
        var failures = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            try
            {
                work(i);
            }
#pragma warning disable CA1031 // It is thrown again below, on the thread of the check.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failures.Enqueue(exception);
            }
        })
        { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        foreach (var thread in threads)
        {
            Expect(thread.Join(TimeSpan.FromSeconds(60)), "A call did not return within a minute.");
        }
        if (failures.TryDequeue(out var failure))
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
