namespace QueueAdmission.Sqlite;

/// <summary>Reads and changes the rows of jobs within one transaction.</summary>
/// <remarks>
/// <b>Sequences.</b> The jobs of a queue that have the same sequence key form a sequence. Among the jobs of a sequence
/// that wait or run, the job with the lowest place is the head. Only the head is ready, delayed or running. The other
/// jobs are blocked, and so is a new job if its sequence already has a head. When the head ends or is cancelled, the
/// next job becomes ready. A re-driven job gets a new place, and therefore never precedes a running job.
/// </remarks>
internal sealed class JobRows(JobStatements statements, JobTallies tallies)
{
    /// <summary>The time of the transaction by the store's clock. Each end of a job advances it by one tick.</summary>
    public long Now { get; private set; }

    public void Begin(long now) => Now = now;

    /// <returns>The row of the job, or null if the store has no job with this id.</returns>
    public JobRow? Find(Guid id)
    {
        var find = statements.Find.Set(1, id);
        if (!find.Step())
        {
            return null;
        }
        var row = new JobRow(
            find.Number(0), find.Number(1), (JobRowState)find.Number(2), find.Number(3), find.Bytes(4));
        find.Reset();
        return row;
    }

    /// <summary>
    /// Returns the state of a new or re-driven job: blocked if another job of its sequence waits or runs, otherwise
    /// ready.
    /// </summary>
    public JobRowState StateOfNew(QueueTally tally, byte[]? sequence) =>
        sequence is not null && statements.FindHead.Set(1, tally.Number).Set(2, sequence).ReadNumber() is not null
            ? JobRowState.Blocked
            : JobRowState.Ready;

    /// <summary>Returns the time by the store's clock after a delay.</summary>
    public long DueAfter(TimeSpan delay) => delay.Ticks > long.MaxValue - Now ? long.MaxValue : Now + delay.Ticks;

    /// <summary>Ends a job, and replaces its body with the result. Without a result, the body is deleted.</summary>
    public void Finish(JobRow row, JobRowState state, byte[]? result = null)
    {
        Move(row, state, attempts: state == JobRowState.Done ? 1 : 0, reason: null);
        if (result is null)
        {
            statements.DeleteBody.Set(1, row.Number).Run();
        }
        else
        {
            statements.WriteBody.Set(1, row.Number).Set(2, result).Run();
        }
    }

    /// <summary>
    /// Changes the state of a job and the counters. If the job ends, also makes the next job of its sequence ready.
    /// </summary>
    public void Move(JobRow row, JobRowState state, long attempts, string? reason, long due = 0)
    {
        // Jobs that end in one transaction get consecutive end times.
        var ended = state >= JobRowState.Dead ? Now++ : 0;
        statements.Move.Set(1, row.Number).Set(2, (long)state).Set(3, attempts).Set(4, due).Set(5, ended).Set(6, reason)
            .Run();
        tallies.Of(row.Queue).Move(row.State, state);
        if (state >= JobRowState.Dead && row is { Sequence: not null, State: not JobRowState.Dead })
        {
            Unblock(row.Queue, row.Sequence);
        }
    }

    /// <summary>Makes the head of a sequence ready, if it was blocked until now.</summary>
    private void Unblock(long queue, byte[] sequence)
    {
        if (statements.FindHead.Set(1, queue).Set(2, sequence).ReadNumber() is { } head)
        {
            statements.Unblock.Set(1, head).Run();
        }
    }
}

/// <summary>The columns of a job that a transaction needs.</summary>
internal sealed record JobRow(long Number, long Queue, JobRowState State, long Claims, byte[]? Sequence);
