namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>The worlds in which every claim has to hold: 20, or the first 5 where tests have to be quick.</summary>
internal static class Seeds
{
    public const int All = 20;

    public static readonly int Count = Effort.Of(All, some: 5);

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
