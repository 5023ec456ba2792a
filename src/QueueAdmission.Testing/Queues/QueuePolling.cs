using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace QueueAdmission.Testing;

/// <summary>Waits for a state of a queue, and describes the state for messages.</summary>
internal static class QueuePolling
{
    /// <summary>How long a test waits by default. Only a failing test waits that long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Polls a condition until it is true.</summary>
    /// <remarks>
    /// The system clock measures the time, even if the queue uses a clock of the test. That clock does not advance
    /// while the test waits.
    /// </remarks>
    /// <exception cref="QueueAssertionException">The condition did not hold in time.</exception>
    public static async Task UntilAsync(
        Func<bool> condition, Func<string> found, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var patience = timeout ?? Patience;
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) >= patience)
            {
                throw new QueueAssertionException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{found()} The test waited {patience.TotalSeconds:0.###} s for it."));
            }
            await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    [SuppressMessage("Globalization", "CA1305", Justification = "Numbers and names of an enumeration.")]
    public static string Describe(JobQueue queue)
    {
        var now = queue.GetSnapshot();
        return $"queue '{queue.Name}' ({now.State}, {now.Workers} workers, {now.Running} jobs run, {now.Waiting} wait)";
    }
}
