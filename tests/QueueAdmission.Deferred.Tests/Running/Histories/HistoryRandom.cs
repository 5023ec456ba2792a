namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>The random choices of an <see cref="OutcomesHistory"/>.</summary>
internal sealed class HistoryRandom(int seed) : Random(seed)
{
    public T? Pick<T>(List<T> all, Predicate<T> isMeant)
        where T : class
    {
        var some = all.FindAll(isMeant);
        return some.Count == 0 ? null : some[Next(some.Count)];
    }

    public Guid NextGuid()
    {
        var bytes = new byte[16];
        NextBytes(bytes);
        return new Guid(bytes);
    }

    public byte[] NextResult() => [(byte)Next(256)];
}
