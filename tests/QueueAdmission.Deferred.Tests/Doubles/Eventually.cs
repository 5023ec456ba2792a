namespace QueueAdmission.Deferred.Doubles;

/// <summary>Waits for an effect of another flow. The time limit is reached only if a test fails.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<bool> condition, string? otherwise = null)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!condition())
        {
            if (bound.IsCancellationRequested)
                Assert.Fail(otherwise ?? "The expected event did not happen.");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
        }
    }
}
