namespace QueueAdmission.Sqlite;

/// <summary>The rows of jobs, as one transaction reads and changes them.</summary>
/// <remarks>
/// <b>Sequences.</b> The jobs of a queue with one sequence key are a sequence. Of those that wait or run, the one with
/// the lowest place is the head. Only the head is ready, delayed or running. The others are blocked, and so is a new
/// job. When the head ends or is cancelled, the next one becomes ready. A job that is re-driven gets a new place, so it
/// does not come before one that runs.
/// </remarks>
internal sealed class JobRows(JobStatements statements, JobTallies tallies)
{
    /// <summary>The store's time of the transaction. Each end of a job advances it by one tick.</summary>
    public long Now { get; private set; }

    public void Begin(long now) => Now = now;

    /// <returns>Null if there is no such job.</returns>
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

    /// <summary>A job is blocked while others of its sequence are ahead.</summary>
    public JobRowState StateOfNew(QueueTally tally, byte[]? sequence) =>
        sequence is not null && statements.FindHead.Set(1, tally.Number).Set(2, sequence).ReadNumber() is not null
            ? JobRowState.Blocked
            : JobRowState.Ready;

    /// <summary>The store's time after a delay.</summary>
    public long DueAfter(TimeSpan delay) => delay.Ticks > long.MaxValue - Now ? long.MaxValue : Now + delay.Ticks;

    /// <summary>Ends a job, and keeps its result or nothing.</summary>
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

    /// <summary>Changes the state of a job, its counters, and what waits behind it.</summary>
    public void Move(JobRow row, JobRowState state, long attempts, string? reason, long due = 0)
    {
        // Several jobs that end in one transaction ended one after the other.
        var ended = state >= JobRowState.Dead ? Now++ : 0;
        statements.Move.Set(1, row.Number).Set(2, (long)state).Set(3, attempts).Set(4, due).Set(5, ended).Set(6, reason)
            .Run();
        tallies.Of(row.Queue).Move(row.State, state);
        if (state >= JobRowState.Dead && row is { Sequence: not null, State: not JobRowState.Dead })
        {
            Unblock(row.Queue, row.Sequence);
        }
    }

    /// <summary>Makes the first job of a sequence ready, if it was blocked until now.</summary>
    private void Unblock(long queue, byte[] sequence)
    {
        if (statements.FindHead.Set(1, queue).Set(2, sequence).ReadNumber() is { } head)
        {
            statements.Unblock.Set(1, head).Run();
        }
    }
}

/// <summary>What a transaction needs to know of a job.</summary>
internal sealed record JobRow(long Number, long Queue, JobRowState State, long Claims, byte[]? Sequence);
