namespace QueueAdmission;

/// <summary>
/// The layout of the one 64-bit word of a queue. From the lowest bit: the <em>mark</em> (1 bit), <em>timed</em> (1 bit),
/// <em>free</em> = limit − workers in use (18 bits, signed: negative after the limit was lowered under running jobs),
/// <em>ran</em> (44 bits).
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
    /// The maximum of workers in use at once: 2^17 − 1. So <em>free</em> does not overflow, whatever becomes of the
    /// limit.
    /// </summary>
    public const int MaxInUse = (1 << 17) - 1;

    /// <summary>A job has ended: its worker is free again, and the job counts as ran.</summary>
    public const long Ended = FreeUnit + RanUnit;

    public static int Free(long word) => (int)((word << 44) >> 46);

    public static long Ran(long word) => (long)((ulong)(word - (Free(word) * FreeUnit)) >> 20);

    public static bool IsMarked(long word) => (word & Mark) != 0;

    /// <summary>Whether a newcomer may take a worker by one step on the word, and needs nothing else.</summary>
    public static bool IsOpen(long word) => (word & (Mark | Timed)) == 0;
}
