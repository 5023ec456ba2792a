namespace QueueAdmission.Doubles;

/// <summary>What must be true of a queue when everything is over.</summary>
internal static class Books
{
    /// <summary>Waits until nobody runs or waits, and compares the totals with a count of one's own.</summary>
    public static async Task BalanceAsync(JobQueue queue, long ran = 0, long rejected = 0, long abandoned = 0)
    {
        // The client has its answer before the server's pipeline has ended.
        await Eventually.TrueAsync(() => queue.GetSnapshot() is { Running: 0, Waiting: 0 }, "Somebody still runs or waits.");
        var snapshot = queue.GetSnapshot();
        Assert.Equal((ran, rejected, abandoned), (snapshot.Ran, snapshot.Rejected, snapshot.Abandoned));
    }
}
