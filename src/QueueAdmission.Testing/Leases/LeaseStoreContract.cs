using System.Text;

namespace QueueAdmission.Testing;

/// <summary>
/// The contract of <see cref="ILeaseStore"/>, as checks that run against a real store. For any test framework: a check
/// throws when it fails.
/// </summary>
/// <remarks>
/// Each check uses a cluster of its own with a random name, so checks do not disturb each other, and the store need not
/// be empty. They leave some small documents behind.
/// </remarks>
public sealed class LeaseStoreContract
{
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Func<ILeaseStore> _open;
    private readonly Func<ILeaseStore>? _openUnreachable;

    /// <summary>Makes the checks.</summary>
    /// <param name="open">
    /// Opens one more connection to the same store. A check uses one or several, and disposes them.
    /// </param>
    /// <param name="openUnreachable">
    /// Opens a store that cannot be reached, for example on a closed port. Null if there is no such thing, as for a
    /// file.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> is null.</exception>
    public LeaseStoreContract(Func<ILeaseStore> open, Func<ILeaseStore>? openUnreachable = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        _open = open;
        _openUnreachable = openUnreachable;
        List<LeaseStoreCheck> checks =
        [
            new("An absent document is read as none", ReadsAbsence),
            new("A document is read as it was written", KeepsDocuments),
            new("A document is created once", CreatesOnce),
            new("A write with an old version is refused", RefusesOldVersions),
            new("A write for another identity is refused", RefusesOtherIdentities),
            new("A refused write reads the document", ReadsOnRefusal),
            new("A connection sees what another one has written", SharesDocuments),
            new("Clusters and queues are kept apart", KeepsKeysApart),
            new("Any name of a cluster works", TakesAnyClusterName),
            new("The clock is one for all connections and goes forward", TellsOneTime),
            new("The identity is one for all connections and stays", TellsOneIdentity),
            new("No write is lost under contention", LosesNoWrite),
            new("Calls work while the thread pool is starved", SurvivesStarvation),
            new("A disposed store throws ObjectDisposedException", ThrowsWhenDisposed),
            new("Signals reach the listeners of their cluster", DeliversSignals),
            new("Listening ends when it is cancelled", EndsListening),
        ];
        if (openUnreachable is not null)
        {
            checks.Add(new("An unreachable store says so in time", TellsUnreachable));
        }
        Checks = checks;
    }

    /// <summary>All checks. Those about signals pass where the store has none.</summary>
    public IReadOnlyList<LeaseStoreCheck> Checks { get; }

    private static LeaseStoreKey NewKey() => new("contract-" + Guid.NewGuid().ToString("N"), "queue");

    private static LeaseStoreWrite NewWrite(string version, string document = "{}", string? signal = null) =>
        new() { Version = version, Document = Encoding.UTF8.GetBytes(document), KeepFor = Keep, Signal = signal };

    private static void Expect(bool condition, string message)
    {
        if (!condition)
        {
            throw new ContractViolationException(message);
        }
    }

    private static void MustWrite(ILeaseStore store, LeaseStoreKey key, LeaseStoreWrite write) =>
        Expect(store.TryWrite(key, store.Read(key), write, out _), "A write without a rival was refused.");

    private static void MustRefuse(ILeaseStore store, LeaseStoreKey key, LeaseStoreReading expected, LeaseStoreWrite write, string why)
    {
        var before = store.Read(key);
        var isWritten = store.TryWrite(key, expected, write, out var current);
        Expect(!isWritten, why);
        Expect(current is not null, "A refused write returned no reading.");
        var after = store.Read(key);
        Expect(after.Version == before.Version && after.Document.Span.SequenceEqual(before.Document.Span), "A refused write changed the document.");
    }

    private static TException? Catch<TException>(Action action)
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

    private void ReadsAbsence()
    {
        using var store = _open();
        var reading = store.Read(NewKey());
        Expect(reading.Version is null, $"An absent document has the version '{reading.Version}' instead of null.");
        Expect(reading.Document.IsEmpty, "An absent document is not empty.");
        Expect(reading.Identity is { Length: > 0 and <= 200 }, "The identity has to have 1 to 200 characters, also without a document.");
    }

    private void KeepsDocuments()
    {
        using var store = _open();
        var key = NewKey();
        foreach (var document in new[] { "{}", "{\"text\":\"'; -- \\u0000 \u00e4 \u20ac \U0001f600\"}", new string('x', 200_000) })
        {
            var version = $"{Guid.NewGuid():N}.{document.Length}";
            MustWrite(store, key, NewWrite(version, document));
            var reading = store.Read(key);
            Expect(reading.Version == version, $"The version was written as '{version}' and read as '{reading.Version}'.");
            Expect(Encoding.UTF8.GetString(reading.Document.Span) == document, "The document was read with other bytes than written.");
        }
    }

    private void CreatesOnce()
    {
        using var store = _open();
        var key = NewKey();
        var absent = store.Read(key);
        Expect(store.TryWrite(key, absent, NewWrite("a.1"), out _), "The first write was refused.");
        MustRefuse(store, key, absent, NewWrite("b.1"), "A document was created over an existing one.");
    }

    private void RefusesOldVersions()
    {
        using var store = _open();
        var key = NewKey();
        MustWrite(store, key, NewWrite("a.1"));
        var old = store.Read(key);
        MustWrite(store, key, NewWrite("a.2"));
        MustRefuse(store, key, old, NewWrite("a.2b"), "A write with an old version was accepted.");
        var other = new LeaseStoreReading { Version = "b.2", Document = old.Document, Time = old.Time, Identity = old.Identity };
        MustRefuse(store, key, other, NewWrite("b.3"), "A write with a version that never was stored was accepted.");
        var upper = new LeaseStoreReading { Version = "A.2", Document = old.Document, Time = old.Time, Identity = old.Identity };
        MustRefuse(store, key, upper, NewWrite("a.3"), "Versions are compared without case.");
    }

    private void RefusesOtherIdentities()
    {
        using var store = _open();
        var key = NewKey();
        MustWrite(store, key, NewWrite("a.1"));
        var reading = store.Read(key);
        var foreign = new LeaseStoreReading
        {
            Version = reading.Version,
            Document = reading.Document,
            Time = reading.Time,
            Identity = reading.Identity + "x",
        };
        MustRefuse(store, key, foreign, NewWrite("a.2"), "A write was accepted that another serving process was expected for.");
        var missing = NewKey();
        var absent = new LeaseStoreReading { Version = null, Document = default, Time = reading.Time, Identity = reading.Identity + "x" };
        MustRefuse(store, missing, absent, NewWrite("a.1"), "A document was created that another serving process was expected for.");
    }

    private void ReadsOnRefusal()
    {
        using var store = _open();
        var key = NewKey();
        var absent = store.Read(key);
        MustWrite(store, key, NewWrite("a.1", "{\"first\":1}"));
        Expect(!store.TryWrite(key, absent, NewWrite("b.1"), out var current), "A document was created over an existing one.");
        Expect(current!.Version == "a.1", $"The reading of a refused write has the version '{current.Version}' instead of 'a.1'.");
        Expect(Encoding.UTF8.GetString(current.Document.Span) == "{\"first\":1}", "The reading of a refused write has another document.");
        Expect(current.Time >= absent.Time, "The reading of a refused write has an earlier time.");
        Expect(store.TryWrite(key, current, NewWrite("a.2"), out _), "A write that expects the reading of a refused one was refused.");
    }

    private void SharesDocuments()
    {
        using var one = _open();
        using var other = _open();
        var key = NewKey();
        MustWrite(one, key, NewWrite("a.1"));
        Expect(other.Read(key).Version == "a.1", "A second connection does not see the document of the first.");
        MustWrite(other, key, NewWrite("a.2"));
        Expect(one.Read(key).Version == "a.2", "The first connection does not see the document of a second.");
    }

    private void KeepsKeysApart()
    {
        using var store = _open();
        var cluster = NewKey().Cluster;
        LeaseStoreKey[] keys = [new(cluster, "a"), new(cluster, "b"), new(cluster + "a", "a"), new(cluster.ToUpperInvariant(), "a"), new(cluster + ":a", "b"), new(cluster, "a.b")];
        for (var i = 0; i < keys.Length; i++)
        {
            Expect(store.Read(keys[i]).Version is null, $"{keys[i]} already has the document of another key.");
            MustWrite(store, keys[i], NewWrite($"a.{i}"));
        }
        for (var i = 0; i < keys.Length; i++)
        {
            Expect(store.Read(keys[i]).Version == $"a.{i}", $"{keys[i]} has the document of another key.");
        }
    }

    private void TakesAnyClusterName()
    {
        using var store = _open();
        var unique = Guid.NewGuid().ToString("N");
        foreach (var name in new[] { $"My Shop:Production {unique}", $"'; DROP TABLE x; -- {unique}", $"{{tag}}*?[a]{unique}", $"\u00fc\u20ac\U0001f600/{unique}", unique + new string('n', 168) })
        {
            var key = new LeaseStoreKey(name, "queue");
            MustWrite(store, key, NewWrite("a.1"));
            Expect(store.Read(key).Version == "a.1", $"The document of the cluster '{name}' was not found again.");
        }
    }

    private void TellsOneTime()
    {
        using var one = _open();
        using var other = _open();
        var key = NewKey();
        var last = one.Read(key).Time;
        var first = last;
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMilliseconds(300); i++)
        {
            var time = (i % 2 == 0 ? other : one).Read(key).Time;
            Expect(time >= last, $"The time went back from {last} to {time} between two connections.");
            last = time;
        }
        // Once more: the thread may have been kept from running since the last reading.
        last = one.Read(key).Time;
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        Expect(last - first > TimeSpan.FromMilliseconds(200), $"The store's time advanced {last - first} in {elapsed}.");
        Expect(last - first < elapsed + TimeSpan.FromMilliseconds(200), $"The store's time advanced {last - first} in {elapsed}.");
    }

    private void TellsOneIdentity()
    {
        using var one = _open();
        var key = NewKey();
        var identity = one.Read(key).Identity;
        MustWrite(one, key, NewWrite("a.1"));
        Expect(one.Read(key).Identity == identity, "The identity changed with a write.");
        using var other = _open();
        Expect(other.Read(key).Identity == identity, "A second connection sees another identity.");
    }

    private void LosesNoWrite()
    {
        const int writers = 4;
        const int writesEach = 25;
        var key = NewKey();
        var stores = Enumerable.Range(0, writers).Select(_ => _open()).ToList();
        try
        {
            OnThreads(writers, writer =>
            {
                for (var i = 0; i < writesEach;)
                {
                    var reading = stores[writer].Read(key);
                    while (true)
                    {
                        var count = reading.Version is null ? 0 : int.Parse(Encoding.UTF8.GetString(reading.Document.Span), System.Globalization.CultureInfo.InvariantCulture);
                        var next = (count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
                        if (stores[writer].TryWrite(key, reading, NewWrite($"a.{next}.{writer}.{i}", next), out var current))
                        {
                            i++;
                            break;
                        }
                        reading = current;
                    }
                }
            });
            var total = Encoding.UTF8.GetString(stores[0].Read(key).Document.Span);
            Expect(total == (writers * writesEach).ToString(System.Globalization.CultureInfo.InvariantCulture), $"{writers * writesEach} writes succeeded, but the document counts {total}.");
        }
        finally
        {
            stores.ForEach(store => store.Dispose());
        }
    }

    private void SurvivesStarvation()
    {
        using var store = _open();
        var key = NewKey();
        store.Read(key);
        using var gate = new ManualResetEventSlim();
        using var starving = new CountdownEvent(1);
        // Many more than the pool has threads, so that a continuation that is queued now does not run.
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

    private void ThrowsWhenDisposed()
    {
        var store = _open();
        var key = NewKey();
        var reading = store.Read(key);
        store.Dispose();
        store.Dispose();
        Expect(Catch<ObjectDisposedException>(() => store.Read(key)) is not null, "Read works after Dispose.");
        Expect(Catch<ObjectDisposedException>(() => store.TryWrite(key, reading, NewWrite("a.1"), out _)) is not null, "TryWrite works after Dispose.");
    }

    private void DeliversSignals()
    {
        using var store = _open();
        using var other = _open();
        var (key, foreign) = (NewKey(), NewKey());
        if (!store.HasSignals)
        {
            Expect(Catch<NotSupportedException>(() => store.Listen(key.Cluster, _ => { }, default)) is not null, "Listen has to throw NotSupportedException where HasSignals is false.");
            return;
        }
        var heard = new System.Collections.Concurrent.ConcurrentQueue<LeaseStoreSignal>();
        Listening(store, key.Cluster, heard.Enqueue, () =>
        {
            MustWrite(other, foreign, NewWrite("f.1", signal: "foreign"));
            MustWrite(other, key, NewWrite("a.1"));
            MustWrite(other, key, NewWrite("a.2", signal: "wanted"));
            WaitUntil(() => heard.Any(signal => signal.Text is "wanted" || (signal.Text.Length == 0 && heard.Count > 1)), "A signal was not delivered.");
            Expect(heard.All(signal => signal.Text is "" or "wanted" && signal.Queue is "" or "queue"), $"Unexpected signals: {string.Join(", ", heard)}.");
        });
    }

    private void EndsListening()
    {
        using var store = _open();
        if (!store.HasSignals)
        {
            return;
        }
        var key = NewKey();
        Listening(store, key.Cluster, _ => { }, () => MustWrite(store, key, NewWrite("a.1", signal: "x")));
        // And again, on the same connection.
        Listening(store, key.Cluster, _ => { }, () => store.Read(key));
    }

    private void TellsUnreachable()
    {
        using var store = _openUnreachable!();
        var started = TimeProvider.System.GetTimestamp();
        var exception = Catch<LeaseStoreException>(() => store.Read(NewKey()));
        Expect(exception is not null, "Reading a store that cannot be reached has to throw LeaseStoreException.");
        Expect(exception!.Problem == LeaseStoreProblem.Unreachable, $"The problem is {exception.Problem} instead of Unreachable.");
        Expect(exception.Message.Length > 0, "The exception has no message.");
        Expect(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5), "The call took more than 5 seconds.");
    }

    /// <summary>Runs code while a thread listens and has told that it does.</summary>
    private static void Listening(ILeaseStore store, string cluster, Action<LeaseStoreSignal> onSignal, Action meanwhile)
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
            Expect(connected.Wait(Patience) || failure is not null, "Listen did not say that it is connected.");
            if (failure is null)
            {
                meanwhile();
            }
        }
        finally
        {
            stop.Cancel();
        }
        Expect(thread.Join(TimeSpan.FromSeconds(5)), "Listen went on after it was cancelled.");
        if (failure is not null)
        {
            throw new ContractViolationException("Listen threw.", failure);
        }
    }

    private static void WaitUntil(Func<bool> condition, string message)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Expect(TimeProvider.System.GetElapsedTime(started) < Patience, message);
            Thread.Yield();
        }
    }

    /// <summary>Dedicated threads, as the cluster has them. What one throws is thrown here.</summary>
    private static void OnThreads(int count, Action<int> work)
    {
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
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
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }
}
