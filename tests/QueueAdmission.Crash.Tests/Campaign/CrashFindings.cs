namespace QueueAdmission.Crash.Campaign;

/// <summary>What a campaign with kills has found.</summary>
internal sealed class CrashFindings
{
    /// <summary>Posts that were sent.</summary>
    public required int Sent { get; init; }

    /// <summary>Posts that were answered with 202.</summary>
    public required int Acknowledged { get; init; }

    /// <summary>Posts whose answer was lost with the front.</summary>
    public required int Unanswered { get; init; }

    /// <summary>How often a post was refused with 503, and sent again.</summary>
    public required int Refused { get; init; }

    /// <summary>Kills of the process that runs the jobs.</summary>
    public required int WorkerKills { get; init; }

    /// <summary>Kills of both processes, while posts were accepted.</summary>
    public required int FrontKills { get; init; }

    /// <summary>The books when all was done, before finished jobs were removed.</summary>
    public required DemoBooks Done { get; init; }

    /// <summary>The books at the end, after finished jobs were removed.</summary>
    public required DemoBooks Purged { get; init; }

    /// <summary>Acknowledged posts that have no row with their text in the target table.</summary>
    public required int MissingRows { get; init; }

    /// <summary>Acknowledged posts whose status was not found, or did not lead to a response.</summary>
    public required int MissingJobs { get; init; }

    /// <summary>Jobs that are still in the file at the end. All of them were to be removed.</summary>
    public required long JobsLeft { get; init; }

    /// <summary>Moments at which the equation did not hold, or a job was dead, or was done without a row.</summary>
    public required IReadOnlyList<string> Violations { get; init; }

    public required TimeSpan Time { get; init; }

    /// <summary>What is wrong; empty if all is right.</summary>
    public IEnumerable<string> Problems()
    {
        if (MissingRows > 0)
            yield return $"{MissingRows} acknowledged posts have no row.";
        if (MissingJobs > 0)
            yield return $"{MissingJobs} acknowledged posts are not found, or have no response.";
        if (Done.Accepted < Acknowledged || Done.Accepted > Acknowledged + Unanswered)
            yield return $"{Done.Accepted} are accepted, {Acknowledged} acknowledged, and {Unanswered} have no answer.";
        if (Done.Rows != Done.Accepted || Done.Done != Done.Accepted)
            yield return $"Not every accepted post is done and has its one row: {Done}.";
        if (Done.Repeated > Done.Interrupted)
            yield return $"{Done.Repeated} runs beyond the first, but only {Done.Interrupted} jobs were under way at a kill.";
        if (Purged with { Kills = 0, Worker = "", Process = 0, Interrupted = 0 } != Done with { Kills = 0, Worker = "", Process = 0, Interrupted = 0 })
            yield return $"The removal of finished jobs has changed the counts from {Done} to {Purged}.";
        if (JobsLeft > 0)
            yield return $"{JobsLeft} jobs are left.";
        foreach (var violation in Violations)
            yield return violation;
    }

    public override string ToString() =>
        $"{Sent:N0} posts, {WorkerKills + FrontKills} kills ({FrontKills} of both processes), {Time.TotalSeconds:N0} s: "
        + $"{Acknowledged:N0} acknowledged, {Unanswered:N0} without an answer, {Done.Accepted:N0} accepted, {Done.Done:N0} done, "
        + $"{Done.Dead:N0} dead, {Done.Rows:N0} rows; acknowledged and missing: {MissingRows:N0} rows, {MissingJobs:N0} jobs; "
        + $"runs beyond the first: {Done.Repeated:N0} of {Done.Interrupted:N0} jobs under way at a kill; "
        + $"refused and sent again: {Refused:N0}";
}
