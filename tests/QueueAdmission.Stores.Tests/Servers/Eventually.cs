using System.Diagnostics;

namespace QueueAdmission.Stores.Servers;

/// <summary>Polls until a condition of real servers or processes is met.</summary>
internal static class Eventually
{
    /// <summary>
    /// Long, because only a failing test waits for it. A busy or paused machine may need a minute for what usually
    /// takes milliseconds.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static void True(Func<bool> condition, Func<string> message)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Patience, message());
            Thread.Sleep(5);
        }
    }

    /// <summary>Calls the store until it answers.</summary>
    public static LeaseStoreReading Reads(ILeaseStore store, LeaseStoreKey key)
    {
        LeaseStoreReading? reading = null;
        LeaseStoreException? last = null;
        True(
            () =>
            {
                try
                {
                    reading = store.Read(key);
                    return true;
                }
                catch (LeaseStoreException exception)
                {
                    last = exception;
                    return false;
                }
            },
            () => $"The store does not answer: {last}");
        return reading!;
    }

    /// <summary>Calls the store until it takes a write.</summary>
    public static void Writes(ILeaseStore store, LeaseStoreKey key, string version, string? signal = null)
    {
        LeaseStoreException? last = null;
        True(
            () =>
            {
                try
                {
                    return store.Write(key, version, signal);
                }
                catch (LeaseStoreException exception)
                {
                    last = exception;
                    return false;
                }
            },
            () => $"The store takes no write: {last}");
    }

    /// <summary>Calls the store until it fails.</summary>
    public static LeaseStoreException Fails(ILeaseStore store, LeaseStoreKey key) => Fails(store, key, _ => true);

    /// <summary>Calls the store until it fails with the expected problem.</summary>
    public static LeaseStoreException FailsWith(ILeaseStore store, LeaseStoreKey key, LeaseStoreProblem problem) =>
        Fails(store, key, exception => exception.Problem == problem);

    private static LeaseStoreException Fails(
        ILeaseStore store, LeaseStoreKey key, Func<LeaseStoreException, bool> isExpected)
    {
        LeaseStoreException? failure = null;
        True(
            () =>
            {
                try
                {
                    store.Read(key);
                    return false;
                }
                catch (LeaseStoreException exception)
                {
                    failure = exception;
                    return isExpected(exception);
                }
            },
            () => "The store goes on answering.");
        return failure!;
    }
}
