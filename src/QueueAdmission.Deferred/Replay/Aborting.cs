namespace QueueAdmission.Deferred;

internal static class Aborting
{
    /// <summary>Cancels an attempt, unless it has ended already.</summary>
    public static void Cancel(CancellationTokenSource aborted)
    {
        try
        {
            aborted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The timer, or code that the handler left behind, comes after the end of the attempt.
        }
    }
}
