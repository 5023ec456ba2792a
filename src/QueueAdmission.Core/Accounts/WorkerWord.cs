namespace QueueAdmission;

/// <summary>
/// The one 64-bit word that says who may have a worker. From the lowest bit: the <em>mark</em> (1 bit), <em>free</em> = workers − running
/// (18 bits, signed: negative after the limit was lowered under running jobs), <em>ran</em> (45 bits).
/// </summary>
/// <remarks>
/// <para><b>While the mark is clear</b>, anyone may change the word by compare-and-set: take a worker if one is free, give one back, count a
/// job as ran in the same step. <b>While the mark is set</b>, the word belongs to whoever holds the queue's lock: a compare-and-set that
/// expects a clear mark fails and goes to the lock.</para>
/// <para>The limit itself is not a field of its own that a fast path reads: changing it adds to <em>free</em>. So there is no moment at
/// which somebody compares an old limit with a new count.</para>
/// <para><em>ran</em> sits on top, so that it falls off the end instead of into another field; at 1,000,000 jobs a second that takes 407 days.</para>
/// </remarks>
internal static class WorkerWord
{
    public const long Mark = 1;
    public const long FreeUnit = 1L << 1;
    public const long RanUnit = 1L << 19;

    /// <summary>The most workers that may be in use at once, so that <em>free</em> does not run over, whatever becomes of the limit: 2^17 less the least limit.</summary>
    public const int MostInUse = (1 << 17) - 1;

    /// <summary>A job has ended: its worker is free again, and it counts as ran.</summary>
    public const long Ended = FreeUnit + RanUnit;

    public static int Free(long word) => (int)((word << 45) >> 46);

    public static long Ran(long word) => (long)((ulong)(word - (Free(word) * FreeUnit)) >> 19);

    public static bool IsMarked(long word) => (word & Mark) != 0;
}
