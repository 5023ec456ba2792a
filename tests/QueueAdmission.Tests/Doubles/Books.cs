namespace QueueAdmission.Doubles;

/// <summary>Checks the counters of a queue after all of its jobs have ended.</summary>
internal static class Books
{
    /// <summary>
    /// Waits until no job runs or waits, and compares the counters of the queue with the counts of the test.
    /// </summary>
    public static async Task BalanceAsync(JobQueue queue, long ran = 0, long rejected = 0, long abandoned = 0)
    {
        // The client may receive the answer before the server's pipeline has ended.
        await Eventually.TrueAsync(
            () => queue.GetSnapshot() is { Running: 0, Waiting: 0 }, "A job still runs or waits.");
        var snapshot = queue.GetSnapshot();
        Assert.Equal((ran, rejected, abandoned), (snapshot.Ran, snapshot.Rejected, snapshot.Abandoned));
    }
}
