namespace QueueAdmission.Crash.Campaign;

/// <summary>The plan of a campaign with kills.</summary>
/// <param name="Posts">The number of posts in all rounds together.</param>
/// <param name="Kills">The number of kills while posts are accepted and run: one in each round except the last.</param>
/// <param name="PurgeKills">The number of kills while finished jobs are removed, after all posts have run.</param>
/// <param name="Flows">The number of posts that are sent concurrently.</param>
/// <param name="Seed">Determines what is killed, and when.</param>
internal sealed record CrashPlan(int Posts, int Kills, int PurgeKills, int Flows, int Seed)
{
    /// <summary>About one in this many posts fails in its first attempt, so that kills hit retries as well.</summary>
    public const int FailOneOf = 10;
}
