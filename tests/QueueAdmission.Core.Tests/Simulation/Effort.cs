namespace QueueAdmission.Simulation;

/// <summary>How many runs the tests with random histories make: some, or all with <c>ALL_SEEDS=1</c>.</summary>
/// <remarks>A merge must pass all of them: <c>.ci/run</c> sets the variable.</remarks>
internal static class Effort
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("ALL_SEEDS") == "1";

    /// <param name="all">The number of runs with <c>ALL_SEEDS=1</c>.</param>
    /// <param name="some">The number of runs without it.</param>
    public static int Of(int all, int some) => IsFull ? all : some;
}
