namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>The worlds in which every claim has to hold.</summary>
internal static class Seeds
{
    public const int Count = 20;

    /// <summary>Checks a claim with every seed, and tells the seed where it does not hold.</summary>
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
