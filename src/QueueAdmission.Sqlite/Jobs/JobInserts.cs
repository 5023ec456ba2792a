using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>Stores accepted and imported jobs. The caller has begun a transaction.</summary>
internal sealed class JobInserts(
    SqliteConnection connection, JobStatements statements, JobTallies tallies, JobRows rows)
{
    public JobAcceptance Accept(AcceptedJob job)
    {
        var tally = tallies.Of(job.Queue);
        if (job.IdempotencyKey is not null && tally.Number > 0 && FindDuplicate(tally, job) is { } duplicate)
        {
            return duplicate;
        }
        if (tally.Waiting + tally.Running >= job.MaxWaiting)
        {
            var isKnown = rows.Find(job.Id) is not null;
            return new JobAcceptance(isKnown ? JobAcceptanceStatus.Duplicate : JobAcceptanceStatus.QueueFull, job.Id);
        }
        var isStored = Insert(tally, job, job.IdempotencyKey);
        return new JobAcceptance(isStored ? JobAcceptanceStatus.Accepted : JobAcceptanceStatus.Duplicate, job.Id);
    }

    /// <summary>Stores a job even if its queue is full, because its client has already received a 202.</summary>
    public void Import(AcceptedJob job)
    {
        var tally = tallies.Of(job.Queue);
        if (rows.Find(job.Id) is not null || statements.FindAlias.Set(1, job.Id).ReadNumber() is not null)
        {
            return;
        }
        var earlier = job.IdempotencyKey is not null && tally.Number > 0 ? FindDuplicate(tally, job) : null;
        if (earlier is { Status: JobAcceptanceStatus.Duplicate } duplicate)
        {
            statements.AddAlias.Set(1, job.Id).Set(2, duplicate.Id).Run();
            return;
        }
        Insert(tally, job, earlier is null ? job.IdempotencyKey : null);
        if (earlier is not null)
        {
            rows.Move(rows.Find(job.Id)!, JobRowState.Dead, attempts: 0, reason: "key_reused");
        }
    }

    /// <returns>False if the store already has a job with the same id.</returns>
    private bool Insert(QueueTally tally, AcceptedJob job, byte[]? idempotencyKey)
    {
        if (tally.Number == 0)
        {
            tallies.Create(tally);
        }
        var isStored = statements.Insert
            .Set(1, job.Id)
            .Set(2, tally.Number)
            .Set(3, (long)rows.StateOfNew(tally, job.SequenceKey))
            .Set(4, (long)job.Priority)
            .Set(5, tally.Place + 1)
            .Set(6, job.Weight)
            .Set(7, job.AcceptedAt.UtcTicks)
            .Set(8, job.Route)
            .Set(9, job.SequenceKey)
            .Set(10, idempotencyKey)
            .Set(11, job.Fingerprint)
            .Run() > 0;
        if (isStored)
        {
            var row = SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle);
            statements.InsertBody.Set(1, row).Set(2, job.Payload).Run();
            tally.NextPlace();
            tally.Accept();
        }
        return isStored;
    }

    private JobAcceptance? FindDuplicate(QueueTally tally, AcceptedJob job)
    {
        var find = statements.FindKey.Set(1, tally.Number).Set(2, job.IdempotencyKey);
        if (!find.Step())
        {
            return null;
        }
        var status = find.Has(1, job.Fingerprint) ? JobAcceptanceStatus.Duplicate : JobAcceptanceStatus.KeyReused;
        var result = new JobAcceptance(status, find.Guid(0));
        find.Reset();
        return result;
    }
}
