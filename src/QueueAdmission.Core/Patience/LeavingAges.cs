namespace QueueAdmission;

/// <summary>
/// The ages at which the clients of the last wasted jobs had left. A ring, so old ages make room for new ones.
/// </summary>
internal struct LeavingAges
{
    private const int Size = 32;

    private long[]? _ages;
    private int _next;
    private int _count;

    public void Add(long age)
    {
        _ages ??= new long[Size];
        _ages[_next] = age;
        _next = (_next + 1) % Size;
        _count = Math.Min(_count + 1, Size);
    }

    /// <summary>The age that is larger than a given share of the ages; 0 while there is none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public readonly long Quantile(double share)
    {
        if (_count == 0)
            return 0;
        Span<long> sorted = stackalloc long[Size];
        sorted = sorted[.._count];
        _ages.AsSpan(0, _count).CopyTo(sorted);
        sorted.Sort();
        return sorted[(int)(share * _count)];
    }

    public void Clear() => (_next, _count) = (0, 0);
}
