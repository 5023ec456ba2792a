using QueueAdmission.PostgreSql;
using QueueAdmission.Testing;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>Breaks one rule of the script at a time, and tests that the contract detects each broken rule.</summary>
public sealed class PostgreSqlJobMutantTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    [Theory]
    [InlineData(
        "RETURN EXISTS (SELECT 1 FROM job_needed_1(p_ring, p_slot, 1))",
        "RETURN false",
        "An accepted job is found after the store has been opened again")]
    [InlineData(
        "v_left := CASE WHEN v_owner IS NULL THEN 0 ELSE v_want.most END",
        "v_owner := coalesce(v_owner, 0); v_left := v_want.most",
        "A node that may not run jobs gets none")]
    [InlineData(
        "WHERE c.id = i.id AND c.claim = i.claim AND c.queue = i.queue",
        "WHERE c.id = i.id AND c.queue = i.queue",
        "An end of an earlier claim is refused")]
    [InlineData(
        "PERFORM job_unblock_1(v_end.queue, s, p) FROM unnest(v_end.sequences, v_end.places) u(s, p)",
        "NULL",
        "Jobs with one sequence key run one after the other")]
    [InlineData(
        "PERFORM job_unblock_1(v_queue, v_job.sequence, v_job.place)",
        "NULL",
        "A cancelled job frees its sequence")]
    [InlineData("AND NOT v_job.blocked THEN", "THEN", "Random calls give the results of the store in memory")]
    [InlineData(
        "v_total + job_release_1(v_owner, 1, ",
        "v_total + job_release_1(v_owner, 0, ",
        "Jobs of a lost node wait again, and the attempt counts")]
    [InlineData(
        "v_total := job_release_1(v_owner, 0, NULL)",
        "v_total := job_release_1(v_owner, 1, NULL)",
        "Jobs of a node that resigns wait again, and the attempt does not count")]
    [InlineData("v_cursors[v_priority + 2] := v_job.place", "NULL", "No more jobs are claimed than requested")]
    [InlineData(
        "FOR v_priority IN REVERSE 2..-1 LOOP",
        "FOR v_priority IN -1..2 LOOP",
        "Jobs of a higher priority are claimed first")]
    [InlineData(
        "CASE WHEN f.active + f.nth <= f.most THEN 0 ELSE 1 END",
        "0",
        "A full queue accepts no job, even within a batch")]
    [InlineData(
        "UNION ALL SELECT f.id FROM job_finished f WHERE f.id = ANY (p_ids)",
        "",
        "Random calls give the results of the store in memory")]
    [InlineData("WHERE e.ended > h.purged", "", "Finished jobs are purged after their retention")]
    [InlineData(
        "row_number() OVER (PARTITION BY f.queue, f.sequence ORDER BY f.number) > 1",
        "false",
        "Jobs with one sequence key run one after the other")]
    [InlineData(
        "EXISTS (\n                        SELECT 1 FROM job_kept k\n"
            + "                        WHERE k.queue = f.queue AND k.sequence = f.sequence AND k.state <= 3)",
        "false",
        "Random calls give the results of the store in memory")]
    [InlineData(
        "again AS (\n            UPDATE job_kept k SET state = 0, attempts",
        "again AS (\n            UPDATE job_kept k SET state = 3, attempts",
        "Jobs of a lost node wait again, and the attempt counts")]
    public void Contract_ARuleOfTheScriptIsBroken_IsViolated(string rule, string broken, string check)
    {
        Effort.SkipUnlessFull();
        var script = JobSchema.Steps[0];
        Assert.Equal(2, script.Split(rule).Length);
        var schema = $"s{Guid.NewGuid():N}";
        // Rotating partitions would remove a purged job, and so hide that it is still found.
        var turns = rule.Contains("p_ring", StringComparison.Ordinal);
        var contract = new JobStoreContract(() =>
        {
            var store = PostgreSqlJobs.Open(
                shared.Server.ConnectionString,
                o => o.Schema = schema,
                steps: [script.Replace(rule, broken, StringComparison.Ordinal)],
                partitions: turns ? RotatingJobStore.Partitions : null);
            return turns ? new RotatingJobStore(store) : store;
        });

        var exception = Record.Exception(contract.Checks.Single(candidate => candidate.Name == check).Run);

        Assert.True(
            exception is ContractViolationException or JobStoreException { Problem: JobStoreProblem.Unusable },
            $"{exception}");
    }
}
