namespace QueueAdmission.Crash.Campaign;

/// <summary>A campaign with kills.</summary>
/// <param name="Posts">The posts of all rounds.</param>
/// <param name="Kills">The kills while posts are accepted and run: one in each round but the last.</param>
/// <param name="PurgeKills">The kills while finished jobs are removed, after the last post was done.</param>
/// <param name="Flows">The posts that are under way at once.</param>
/// <param name="Seed">Decides what is killed, and when.</param>
internal sealed record CrashPlan(int Posts, int Kills, int PurgeKills, int Flows, int Seed)
{
    /// <summary>About one post of so many fails in its first attempt, so that kills hit retries as well.</summary>
    public const int FailOneOf = 10;
}
