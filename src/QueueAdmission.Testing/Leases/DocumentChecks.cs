using System.Text;
using static QueueAdmission.Testing.ContractAssert;

namespace QueueAdmission.Testing;

/// <summary>The checks of how a store keeps documents.</summary>
/// <param name="open">Opens one more connection to the store.</param>
internal sealed class DocumentChecks(Func<ILeaseStore> open)
{
    public void ReadsAbsence()
    {
        using var store = open();
        var reading = store.Read(NewKey());
        Expect(reading.Version is null, $"A missing document has the version '{reading.Version}' instead of null.");
        Expect(reading.Document.IsEmpty, "A missing document is not empty.");
        Expect(
            reading.Identity is { Length: > 0 and <= 200 },
            "The identity has to have 1 to 200 characters, also without a document.");
    }

    public void KeepsDocuments()
    {
        using var store = open();
        var key = NewKey();
        string[] documents =
            ["{}", "{\"text\":\"'; -- \\u0000 \u00e4 \u20ac \U0001f600\"}", new string('x', 200_000)];
        foreach (var document in documents)
        {
            var version = $"{Guid.NewGuid():N}.{document.Length}";
            MustWrite(store, key, NewWrite(version, document));
            var reading = store.Read(key);
            Expect(
                reading.Version == version, $"The version was written as '{version}' and read as '{reading.Version}'.");
            Expect(
                Encoding.UTF8.GetString(reading.Document.Span) == document,
                "The document was read with other bytes than written.");
        }
    }

    public void CreatesOnce()
    {
        using var store = open();
        var key = NewKey();
        var absent = store.Read(key);
        Expect(store.TryWrite(key, absent, NewWrite("a.1"), out _), "The first write was refused.");
        MustRefuse(store, key, absent, NewWrite("b.1"), "A document was created over an existing one.");
    }

    public void RefusesOldVersions()
    {
        using var store = open();
        var key = NewKey();
        MustWrite(store, key, NewWrite("a.1"));
        var old = store.Read(key);
        MustWrite(store, key, NewWrite("a.2"));
        MustRefuse(store, key, old, NewWrite("a.2b"), "A write with an old version was accepted.");
        var other = Reading("b.2", old);
        MustRefuse(store, key, other, NewWrite("b.3"), "A write with a version that was never stored was accepted.");
        var upper = Reading("A.2", old);
        MustRefuse(store, key, upper, NewWrite("a.3"), "Versions are compared without case.");
    }

    public void RefusesOtherIdentities()
    {
        using var store = open();
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
        MustRefuse(
            store,
            key,
            foreign,
            NewWrite("a.2"),
            "A write that expects another identity was accepted.");
        var missing = NewKey();
        var absent = new LeaseStoreReading
        {
            Version = null,
            Document = default,
            Time = reading.Time,
            Identity = reading.Identity + "x",
        };
        MustRefuse(
            store,
            missing,
            absent,
            NewWrite("a.1"),
            "A document was created by a write that expects another identity.");
    }

    public void ReadsOnRefusal()
    {
        using var store = open();
        var key = NewKey();
        var absent = store.Read(key);
        MustWrite(store, key, NewWrite("a.1", "{\"first\":1}"));
        Expect(
            !store.TryWrite(key, absent, NewWrite("b.1"), out var current),
            "A document was created over an existing one.");
        Expect(
            current!.Version == "a.1",
            $"The reading of a refused write has the version '{current.Version}' instead of 'a.1'.");
        Expect(
            Encoding.UTF8.GetString(current.Document.Span) == "{\"first\":1}",
            "The reading of a refused write has another document.");
        Expect(current.Time >= absent.Time, "The reading of a refused write has an earlier time.");
        Expect(
            store.TryWrite(key, current, NewWrite("a.2"), out _),
            "A write that expects the reading of a refused one was refused.");
    }

    public void SharesDocuments()
    {
        using var one = open();
        using var other = open();
        var key = NewKey();
        MustWrite(one, key, NewWrite("a.1"));
        Expect(other.Read(key).Version == "a.1", "A second connection does not see the document of the first.");
        MustWrite(other, key, NewWrite("a.2"));
        Expect(one.Read(key).Version == "a.2", "The first connection does not see the document of a second.");
    }

    public void KeepsKeysApart()
    {
        using var store = open();
        var cluster = NewKey().Cluster;
        LeaseStoreKey[] keys =
        [
            new(cluster, "a"),
            new(cluster, "b"),
            new(cluster + "a", "a"),
            new(cluster.ToUpperInvariant(), "a"),
            new(cluster + ":a", "b"),
            new(cluster, "a.b"),
        ];
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

    public void TakesAnyClusterName()
    {
        using var store = open();
        var unique = Guid.NewGuid().ToString("N");
        string[] names =
        [
            $"My Shop:Production {unique}",
            $"'; DROP TABLE x; -- {unique}",
            $"{{tag}}*?[a]{unique}",
            $"\u00fc\u20ac\U0001f600/{unique}",
            unique + new string('n', 168),
        ];
        foreach (var name in names)
        {
            var key = new LeaseStoreKey(name, "queue");
            MustWrite(store, key, NewWrite("a.1"));
            Expect(store.Read(key).Version == "a.1", $"The document of the cluster '{name}' was not found again.");
        }
    }

    private static LeaseStoreReading Reading(string version, LeaseStoreReading like) =>
        new() { Version = version, Document = like.Document, Time = like.Time, Identity = like.Identity };
}
