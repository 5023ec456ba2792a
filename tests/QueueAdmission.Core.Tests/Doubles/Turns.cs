using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Doubles;

/// <summary>Passes the only worker of a queue from job to job, and records which jobs had it.</summary>
internal sealed class Turns(JobQueue queue, FakeTimeProvider time)
{
    private readonly List<(string Who, ValueTask<QueueLease> Entering)> _waiting = [];
    private QueueLease _running = queue.TryEnter();

    public ValueTask<QueueLease> Park(string who, JobTraits traits)
    {
        var entering = queue.EnterAsync(traits);
        Assert.False(entering.IsCompleted);
        _waiting.Add((who, entering));
        return entering;
    }

    public void ParkMany(int count, string who, JobTraits traits)
    {
        for (var i = 0; i < count; i++)
            Park(who, traits);
    }

    /// <summary>Ends the running job.</summary>
    /// <param name="milliseconds">How long the job ran.</param>
    /// <returns>The job that runs next.</returns>
    public string Pass(int milliseconds = 10)
    {
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _running.Dispose();
        var next = _waiting.FindIndex(waiter => waiter.Entering.IsCompleted);
        var (who, entering) = _waiting[next];
        _waiting.RemoveAt(next);
        _running = entering.Admitted();
        return who;
    }

    /// <summary>Ends the running job. No job may be waiting.</summary>
    public void End(int milliseconds)
    {
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _running.Dispose();
    }

    /// <summary>Lets a job take the idle worker.</summary>
    public void Begin(JobTraits traits)
    {
        _running = queue.TryEnter(traits);
        Assert.True(_running.IsAdmitted);
    }
}
