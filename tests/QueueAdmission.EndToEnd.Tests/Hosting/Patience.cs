namespace QueueAdmission.EndToEnd;

/// <summary>The longest time that a test waits for a browser or a socket. Only a failing test reaches it.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        giveUp.CancelAfter(Limit);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await isSo())
        {
            try
            {
                await looks.WaitForNextTickAsync(giveUp.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Waited too long until {what}.");
            }
        }
    }
}
