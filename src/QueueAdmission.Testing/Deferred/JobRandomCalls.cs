using static QueueAdmission.Testing.JobStoreTrial;

namespace QueueAdmission.Testing;

/// <summary>
/// Makes the same random calls on the tested store and on a store in memory, which is the model. Compares the results.
/// </summary>
internal sealed class JobRandomCalls(JobStoreTrial trial, IJobStore model, Random random)
{
    private readonly byte[][] _sequenceKeys = [NewKey(), NewKey(), NewKey()];
    private readonly byte[][] _idempotencyKeys = [.. Enumerable.Range(0, 12).Select(_ => NewKey())];
    private readonly List<Guid> _ids = [];
    private readonly List<(ClaimedJob Claimed, ClaimedJob Model)> _claims = [];
    private int _number;
    private string _call = "";

    public void Next()
    {
        _number++;
        switch (random.Next(10))
        {
            case < 3:
                Accept();
                break;
            case < 7:
                Advance();
                break;
            case 7:
                Operate();
                break;
            case 8:
                Purge();
                break;
            default:
                Resign();
                break;
        }
        Compare();
    }

    public void CompareAll()
    {
        _call = "the last call";
        _ids.ForEach(CompareJob);
    }

    private void Accept()
    {
        var jobs = Enumerable.Range(0, random.Next(1, 12)).Select(_ => NewJob()).ToArray();
        _call = $"Accept of {jobs.Length} jobs";
        var (actual, expected) = (trial.Store.Accept(jobs), model.Accept(jobs));
        Same(string.Join(", ", expected), string.Join(", ", actual), "The results differ");
        _ids.AddRange(jobs.Select(job => job.Id));
    }

    private AcceptedJob NewJob() => trial.NewJob(
        [(byte)random.Next(256)],
        sequenceKey: random.Next(2) == 0 ? _sequenceKeys[random.Next(_sequenceKeys.Length)] : null,
        priority: (JobPriority)random.Next(-1, 3),
        idempotencyKey: random.Next(4) == 0 ? _idempotencyKeys[random.Next(_idempotencyKeys.Length)] : null,
        fingerprint: random.Next(3) == 0 ? _sequenceKeys[0] : null,
        maxWaiting: random.Next(5) == 0 ? random.Next(30) : 1_000,
        id: random.Next(20) == 0 && _ids.Count > 0 ? Any(_ids) : null);

    private void Advance()
    {
        List<JobEnd> ends = [];
        List<JobEnd> modelEnds = [];
        for (var i = random.Next(8); i > 0 && _claims.Count > 0; i--)
        {
            var claim = Any(_claims);
            var kind = (JobEndKind)random.Next(4);
            // A job is due either at once or long after the end of the check. The results therefore do not depend on
            // the clock.
            var delay = random.Next(3) == 0 ? TimeSpan.FromHours(1) : TimeSpan.Zero;
            ends.Add(EndOf(claim.Claimed, kind, delay, [(byte)i], $"Failure {_number}."));
            modelEnds.Add(EndOf(claim.Model, kind, delay, [(byte)i], $"Failure {_number}."));
            if (random.Next(4) > 0)
            {
                _claims.Remove(claim);
            }
        }
        JobClaim[] claims = random.Next(4) == 0 ? [] : [new JobClaim(trial.Queue, random.Next(1, 10))];
        var ended = string.Join(", ", ends.Select(end => $"{end.Kind} {end.Id}"));
        _call = $"Advance with the ends {ended} and claims of {claims.FirstOrDefault().Max}";
        var (actual, expected) =
            (trial.Store.Advance(trial.Node, ends, claims), model.Advance("model", modelEnds, claims));
        Same(string.Join(", ", expected.Ends), string.Join(", ", actual.Ends), "Other ends counted");
        Same(Text(expected.Jobs), Text(actual.Jobs), "Other jobs were claimed");
        Same($"{expected.NextDue.HasValue}", $"{actual.NextDue.HasValue}", "Whether a job waits for its time differs");
        _claims.AddRange(actual.Jobs.Zip(expected.Jobs));
    }

    private void Operate()
    {
        for (var i = 0; i < 3 && _ids.Count > 0; i++)
        {
            var id = Any(_ids);
            var operation = random.Next(3);
            _call = $"{(operation == 0 ? "Cancel" : operation == 1 ? "Redrive" : "Discard")} of {id}";
            Same($"{Operate(model, operation, id)}", $"{Operate(trial.Store, operation, id)}", "The results differ");
        }
    }

    private static bool Operate(IJobStore store, int operation, Guid id) => operation switch
    {
        0 => store.Cancel(id),
        1 => store.Redrive(id),
        _ => store.Discard(id),
    };

    private void Purge()
    {
        var max = random.Next(1, 15);
        var retention = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromHours(1);
        _call = $"Purge of at most {max} after {retention}";
        Same(
            $"{model.Purge(trial.Queue, retention, max)}",
            $"{trial.Store.Purge(trial.Queue, retention, max)}",
            "The numbers differ");
    }

    private void Resign()
    {
        if (random.Next(3) > 0)
        {
            return;
        }
        _call = "ResignOwner and RenewOwner";
        trial.Store.ResignOwner(trial.Node);
        model.ResignOwner("model");
        trial.Own();
        model.RenewOwner("model");
    }

    private void Compare()
    {
        trial.CheckEquation();
        Same(
            Text(model.ReadCounts().FirstOrDefault()),
            Text(trial.Store.ReadCounts().FirstOrDefault(counts => counts.Queue == trial.Queue)),
            "The counts differ");
        Same(
            string.Join(", ", model.ListDead(trial.Queue, 1_000).Select(job => job.Id)),
            string.Join(", ", trial.Store.ListDead(trial.Queue, 1_000).Select(job => job.Id)),
            "Other dead letters are listed");
        for (var i = 0; i < 3 && _ids.Count > 0; i++)
        {
            CompareJob(Any(_ids));
        }
    }

    private void CompareJob(Guid id) => Same(Text(model.Find(id)), Text(trial.Store.Find(id)), $"The job {id} differs");

    private T Any<T>(List<T> list) => list[random.Next(list.Count)];

    private void Same(string expected, string actual, string message) =>
        Expect(expected == actual, $"{message} after call {_number}, {_call}. Expected: {expected}. Found: {actual}.");

    private static string Text(IReadOnlyList<ClaimedJob> jobs) =>
        string.Join(", ", jobs.Select(job => $"{job.Id} attempt {job.Attempt} {Convert.ToHexString(job.Payload)}"));

    private static string Text(StoredJob? job) => job is null
        ? "none"
        : $"{job.State}, {job.Attempts} attempts, payload {Text(job.Payload)}, result {Text(job.Result)}, "
            + $"reason '{job.Reason}', ended {job.EndedAt is not null}";

    private static string Text(byte[]? bytes) => bytes is null ? "none" : Convert.ToHexString(bytes);

    private static string Text(JobStoreCounts? c) => c is null
        ? "none"
        : $"{c.Accepted}, {c.Waiting}, {c.Running}, {c.Done}, {c.Dead}, {c.Cancelled}, {c.Discarded}";
}
