namespace QueueAdmission.Kafka.Doubles;

/// <summary>
/// Waits until a condition is true that another thread or process brings about. Only a failing test reaches the time
/// limit.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<bool> condition, Func<string>? otherwise = null)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!condition())
        {
            if (bound.IsCancellationRequested)
                Assert.Fail(otherwise?.Invoke() ?? "The expected event did not happen.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
    }
}
