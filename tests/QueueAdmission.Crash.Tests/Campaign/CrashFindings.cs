namespace QueueAdmission.Crash.Campaign;

/// <summary>The results of a campaign with kills.</summary>
internal sealed class CrashFindings
{
    /// <summary>Posts that were sent.</summary>
    public required int Sent { get; init; }

    /// <summary>Posts that were answered with 202.</summary>
    public required int Acknowledged { get; init; }

    /// <summary>Posts whose connection ended before the answer.</summary>
    public required int Unanswered { get; init; }

    /// <summary>The number of answers with 503. A refused post is sent again.</summary>
    public required int Refused { get; init; }

    /// <summary>
    /// Whether a refused post may have been stored nevertheless, because the store was killed before it had answered.
    /// </summary>
    public bool MayHaveStoredRefused { get; init; }

    public required int Kills { get; init; }

    /// <summary>The kills as text, for the report.</summary>
    public required string Killed { get; init; }

    /// <summary>The counts after all jobs had completed, before finished jobs were removed.</summary>
    public required Books Done { get; init; }

    /// <summary>The counts at the end, after finished jobs were removed. Null if none were removed.</summary>
    public Books? Purged { get; init; }

    /// <summary>Acknowledged posts that have no row with their text in the target table.</summary>
    public required int MissingRows { get; init; }

    /// <summary>Acknowledged posts whose status was not found or had no response.</summary>
    public required int MissingJobs { get; init; }

    /// <summary>Jobs that are still in the store at the end although all of them should have been removed.</summary>
    public long JobsLeft { get; init; }

    /// <summary>
    /// The violations seen during the campaign, for example counts that did not balance, a dead letter, or a completed
    /// job without a row.
    /// </summary>
    public required IReadOnlyList<string> Violations { get; init; }

    public required TimeSpan Time { get; init; }

    /// <summary>Returns all problems that were found. Empty if there are none.</summary>
    public IEnumerable<string> Problems()
    {
        if (MissingRows > 0)
            yield return $"{MissingRows} acknowledged posts have no row.";
        if (MissingJobs > 0)
            yield return $"{MissingJobs} acknowledged posts are not found, or have no response.";
        var unknown = Unanswered + (MayHaveStoredRefused ? Refused : 0);
        if (Done.Accepted < Acknowledged || Done.Accepted > Acknowledged + unknown)
        {
            yield return $"{Done.Accepted} are accepted, {Acknowledged} acknowledged, "
                + $"and {unknown} may have been accepted.";
        }
        if (!Done.IsBalanced || Done.Rows != Done.Accepted || Done.Done != Done.Accepted)
            yield return $"Not every accepted post is done and has its one row: {Done}.";
        if (Done.Repeated > Done.Interrupted)
        {
            yield return $"{Done.Repeated} runs beyond the first, "
                + $"but only {Done.Interrupted} jobs were under way at a kill.";
        }
        if (Purged is { } purged && purged with { Interrupted = 0 } != Done with { Interrupted = 0 })
            yield return $"The removal of finished jobs has changed the counts from {Done} to {purged}.";
        if (JobsLeft > 0)
            yield return $"{JobsLeft} jobs are left.";
        foreach (var violation in Violations)
            yield return violation;
    }

    public override string ToString() =>
        $"{Sent:N0} posts, {Kills} kills ({Killed}), {Time.TotalSeconds:N0} s: "
        + $"{Acknowledged:N0} acknowledged, {Unanswered:N0} without an answer, {Done.Accepted:N0} accepted, "
        + $"{Done.Done:N0} done, {Done.Dead:N0} dead, {Done.Rows:N0} rows; "
        + $"acknowledged and missing: {MissingRows:N0} rows, {MissingJobs:N0} jobs; "
        + $"runs beyond the first: {Done.Repeated:N0} of {Done.Interrupted:N0} jobs under way at a kill; "
        + $"refused and sent again: {Refused:N0}";
}
