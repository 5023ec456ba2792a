namespace QueueAdmission;

/// <summary>
/// The layout of the 64-bit word of a queue. From the lowest bit: the <em>mark</em> (1 bit), <em>timed</em> (1 bit),
/// <em>free</em> (18 bits) and <em>ran</em> (44 bits). <em>free</em> is the limit − the workers in use. It is signed,
/// because the limit may be lowered below the number of running jobs.
/// </summary>
/// <remarks>
/// The steps that change a word, and the argument for each, are in <see cref="WorkerSlots"/>. <em>ran</em> has the
/// highest bits, so an overflow is lost instead of changing another field. At 1,000,000 jobs a second it takes 203
/// days.
/// </remarks>
internal static class WorkerWord
{
    public const long Mark = 1;

    /// <summary>A cap has an end, so a newcomer has to look at the clock before it takes a worker.</summary>
    public const long Timed = 1L << 1;

    public const long FreeUnit = 1L << 2;
    public const long RanUnit = 1L << 20;

    /// <summary>
    /// The maximum of workers in use at once: 2^17 − 1. With it, <em>free</em> does not overflow even if the limit is
    /// 0.
    /// </summary>
    public const int MaxInUse = (1 << 17) - 1;

    /// <summary>A job has ended: its worker is free again, and the job counts as ran.</summary>
    public const long Ended = FreeUnit + RanUnit;

    public static int Free(long word) => (int)((word << 44) >> 46);

    public static long Ran(long word) => (long)((ulong)(word - (Free(word) * FreeUnit)) >> 20);

    public static bool IsMarked(long word) => (word & Mark) != 0;

    /// <summary>Whether a newcomer may take a worker by one step on the word, without the lock and the clock.</summary>
    public static bool IsOpen(long word) => (word & (Mark | Timed)) == 0;
}
