using System.Collections.Concurrent;
using static QueueAdmission.Testing.ContractAssert;

namespace QueueAdmission.Testing;

/// <summary>The checks of how a store delivers signals.</summary>
/// <param name="open">Opens one more connection to the store.</param>
internal sealed class SignalChecks(Func<ILeaseStore> open)
{
    public void DeliversSignals()
    {
        using var store = open();
        using var other = open();
        var (key, foreign) = (NewKey(), NewKey());
        if (!store.HasSignals)
        {
            Expect(
                Catch<NotSupportedException>(() => store.Listen(key.Cluster, _ => { }, default)) is not null,
                "Listen has to throw NotSupportedException if HasSignals is false.");
            return;
        }
        var heard = new ConcurrentQueue<LeaseStoreSignal>();
        Listening(store, key.Cluster, heard.Enqueue, () =>
        {
            MustWrite(other, foreign, NewWrite("f.1", signal: "foreign"));
            MustWrite(other, key, NewWrite("a.1"));
            MustWrite(other, key, NewWrite("a.2", signal: "wanted"));
            WaitUntil(
                () => heard.Any(signal => signal.Text is "wanted" || (signal.Text.Length == 0 && heard.Count > 1)),
                "A signal was not delivered.");
            Expect(
                heard.All(signal => signal.Text is "" or "wanted" && signal.Queue is "" or "queue"),
                $"Unexpected signals: {string.Join(", ", heard)}.");
        });
    }

    public void EndsListening()
    {
        using var store = open();
        if (!store.HasSignals)
        {
            return;
        }
        var key = NewKey();
        Listening(store, key.Cluster, _ => { }, () => MustWrite(store, key, NewWrite("a.1", signal: "x")));
        // The same connection can listen again.
        Listening(store, key.Cluster, _ => { }, () => store.Read(key));
    }

    /// <summary>Runs code while another thread listens.</summary>
    private static void Listening(
        ILeaseStore store, string cluster, Action<LeaseStoreSignal> onSignal, Action meanwhile)
    {
        using var stop = new CancellationTokenSource();
        using var connected = new ManualResetEventSlim();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                store.Listen(
                    cluster,
                    signal =>
                    {
                        onSignal(signal);
                        connected.Set();
                    },
                    stop.Token);
            }
#pragma warning disable CA1031 // Whatever the store throws here is the result of the check.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }
        })
        { IsBackground = true };
        thread.Start();
        try
        {
            Expect(
                connected.Wait(ContractAssert.Patience) || failure is not null,
                "Listen did not report that it is connected.");
            if (failure is null)
            {
                meanwhile();
            }
        }
        finally
        {
            stop.Cancel();
        }
        Expect(thread.Join(TimeSpan.FromSeconds(5)), "Listen continued after it had been cancelled.");
        if (failure is not null)
        {
            throw new ContractViolationException("Listen threw.", failure);
        }
    }
}
