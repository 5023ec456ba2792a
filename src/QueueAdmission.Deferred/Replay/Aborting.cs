namespace QueueAdmission.Deferred;

internal static class Aborting
{
    /// <summary>Cancels an attempt, unless the attempt has already ended.</summary>
    public static void Cancel(CancellationTokenSource aborted)
    {
        try
        {
            aborted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The timer, or code that the handler left running, acts after the end of the attempt.
        }
    }
}
