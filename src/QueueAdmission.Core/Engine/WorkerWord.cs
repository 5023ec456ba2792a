namespace QueueAdmission;

/// <summary>
/// The layout of the 64-bit word that counts the workers of a queue. From the lowest bit: the <em>mark</em> (1 bit),
/// <em>timed</em> (1 bit), <em>free</em> (18 bits) and <em>ran</em> (44 bits). <em>free</em> is the limit − the number
/// of workers in use. It is signed, because the limit may be lowered below the number of workers in use. <em>ran</em>
/// is the number of jobs that have ended.
/// </summary>
/// <remarks>
/// The steps that change the word, and the argument for each, are in <see cref="WorkerSlots"/>. <em>ran</em> has the
/// highest bits, so an overflow does not change another field. At 1,000,000 jobs per second, <em>ran</em> overflows
/// after 203 days.
/// </remarks>
internal static class WorkerWord
{
    public const long Mark = 1;

    /// <summary>Set if a cap has an end. A newcomer then has to check the clock before it takes a worker.</summary>
    public const long Timed = 1L << 1;

    public const long FreeUnit = 1L << 2;
    public const long RanUnit = 1L << 20;

    /// <summary>
    /// The maximum number of workers in use at once: 2^17 − 1. With this maximum, <em>free</em> does not overflow even
    /// if the limit is 0.
    /// </summary>
    public const int MaxInUse = (1 << 17) - 1;

    /// <summary>
    /// The value to add when a job with one worker has ended: one more free worker, and one more job that ran.
    /// </summary>
    public const long Ended = FreeUnit + RanUnit;

    public static int Free(long word) => (int)((word << 44) >> 46);

    public static long Ran(long word) => (long)((ulong)(word - (Free(word) * FreeUnit)) >> 20);

    public static bool IsMarked(long word) => (word & Mark) != 0;

    /// <summary>Returns whether a newcomer may take a worker without the lock and without checking the clock.</summary>
    public static bool IsOpen(long word) => (word & (Mark | Timed)) == 0;
}
