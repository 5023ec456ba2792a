namespace QueueAdmission;

/// <summary>
/// The ages of the last wasted requests at the time when their clients left. The ages are kept in a ring buffer, in
/// which a new age replaces the oldest one.
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

    /// <summary>Returns a quantile of the ages, or 0 if there are none.</summary>
    /// <param name="share">The share of the ages below the quantile: from 0, and less than 1.</param>
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
