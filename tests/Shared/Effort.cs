namespace QueueAdmission.Shared;

/// <summary>
/// Decides which tests run: by default a selection that takes a few minutes, and all tests with <c>ALL_TESTS=1</c>. A
/// merge must pass all tests, so <c>.ci/run</c> sets the variable.
/// </summary>
internal static class Effort
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("ALL_TESTS") == "1";

    /// <summary>Returns the number of runs that a test makes.</summary>
    /// <param name="all">The number of runs with <c>ALL_TESTS=1</c>.</param>
    /// <param name="some">The number of runs without <c>ALL_TESTS=1</c>.</param>
    public static int Of(int all, int some) => IsFull ? all : some;

    /// <summary>Skips a long test unless all tests are requested.</summary>
    public static void SkipUnlessFull() =>
        Assert.SkipUnless(IsFull, "It takes long: ALL_TESTS=1 dotnet test runs it, and so does .ci/run.");
}
