using static QueueAdmission.Testing.ContractAssert;

namespace QueueAdmission.Testing;

/// <summary>The checks of a store's time and identity.</summary>
/// <param name="open">Opens one more connection to the store.</param>
internal sealed class ClockChecks(Func<ILeaseStore> open)
{
    public void TellsOneTime()
    {
        using var one = open();
        using var other = open();
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
        // Reads once more, because the thread may have been suspended since the last reading.
        last = one.Read(key).Time;
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        Expect(
            last - first > TimeSpan.FromMilliseconds(200), $"The store's time advanced {last - first} in {elapsed}.");
        Expect(
            last - first < elapsed + TimeSpan.FromMilliseconds(200),
            $"The store's time advanced {last - first} in {elapsed}.");
    }

    public void TellsOneIdentity()
    {
        using var one = open();
        var key = NewKey();
        var identity = one.Read(key).Identity;
        MustWrite(one, key, NewWrite("a.1"));
        Expect(one.Read(key).Identity == identity, "The identity changed with a write.");
        using var other = open();
        Expect(other.Read(key).Identity == identity, "A second connection sees another identity.");
    }
}
