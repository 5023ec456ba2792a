namespace QueueAdmission.Cluster.Driver;

/// <summary>Waits until the threads of the cluster have met a condition.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
