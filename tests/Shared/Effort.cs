namespace QueueAdmission.Shared;

/// <summary>
/// How much the tests do: what is worth a few minutes, or all with <c>ALL_TESTS=1</c>. A merge must pass all of them:
/// <c>.ci/run</c> sets the variable.
/// </summary>
internal static class Effort
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("ALL_TESTS") == "1";

    /// <summary>How many runs a test makes.</summary>
    /// <param name="all">The number of runs with <c>ALL_TESTS=1</c>.</param>
    /// <param name="some">The number of runs without it.</param>
    public static int Of(int all, int some) => IsFull ? all : some;

    /// <summary>Skips a test that takes long, unless all are asked for.</summary>
    public static void SkipUnlessFull() =>
        Assert.SkipUnless(IsFull, "It takes long: ALL_TESTS=1 dotnet test runs it, and so does .ci/run.");
}
