namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>The seeds with which claims are checked: 20 with <c>ALL_TESTS=1</c>, otherwise the first 5.</summary>
internal static class Seeds
{
    public const int All = 20;

    public static readonly int Count = Effort.Of(All, some: 5);

    /// <summary>Checks a claim with every seed. A failure reports its seed.</summary>
    public static void Each(Action<int> claim)
    {
        for (var seed = 1; seed <= Count; seed++)
        {
            try
            {
                claim(seed);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {seed}: {failure.Message}", failure);
            }
        }
    }
}
