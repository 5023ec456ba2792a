using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>A store that contains the jobs of an <see cref="OutcomesHistory"/>, and that may be unreachable.</summary>
internal sealed class HistoryStore(List<WaitedJob> jobs, Action stepBetween)
    : StoreDouble(new InMemoryJobStore().Open())
{
    public bool IsAway { get; set; }

    public int Finds { get; private set; }

    public int Failures { get; private set; }

    public override StoredJob? Find(Guid id)
    {
        Finds++;
        stepBetween();
        if (IsAway)
        {
            Failures++;
            throw new JobStoreException(JobStoreProblem.Unreachable, "The store is away.");
        }
        var found = jobs.Find(job => job.Id == id) is { } job
            ? new StoredJob
            {
                Id = id,
                Queue = "posts",
                Route = "POST /posts",
                State = job.State,
                AcceptedAt = default,
                Attempts = 1,
                Result = job.Result,
            }
            : null;
        stepBetween();
        return found;
    }
}
