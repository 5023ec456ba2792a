namespace QueueAdmission.Sqlite;

/// <summary>The counters of one queue during a transaction.</summary>
internal sealed class QueueTally(string name)
{
    /// <summary>The number of the queue in the file, or 0 if the queue has no row yet.</summary>
    public long Number { get; set; }

    public string Name => name;

    public long Accepted { get; set; }

    public long Waiting { get; set; }

    public long Running { get; set; }

    public long Done { get; set; }

    public long Dead { get; set; }

    public long Cancelled { get; set; }

    public long Discarded { get; set; }

    /// <summary>The last place that was assigned to a job.</summary>
    public long Place { get; set; }

    /// <summary>Whether the counters have changed and must be written.</summary>
    public bool IsChanged { get; private set; }

    public void Accept()
    {
        Accepted++;
        Waiting++;
        IsChanged = true;
    }

    public long NextPlace()
    {
        IsChanged = true;
        return ++Place;
    }

    /// <summary>Changes the counters for one or more jobs that move from one state to another.</summary>
    public void Move(JobRowState from, JobRowState to, long count = 1)
    {
        Add(from, -count);
        Add(to, count);
        IsChanged = true;
    }

    private void Add(JobRowState state, long count)
    {
        switch (state)
        {
            case JobRowState.Ready or JobRowState.Delayed or JobRowState.Blocked:
                Waiting += count;
                break;
            case JobRowState.Running:
                Running += count;
                break;
            case JobRowState.Dead:
                Dead += count;
                break;
            case JobRowState.Done:
                Done += count;
                break;
            case JobRowState.Cancelled:
                Cancelled += count;
                break;
            default:
                Discarded += count;
                break;
        }
    }
}
