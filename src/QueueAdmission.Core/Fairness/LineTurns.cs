namespace QueueAdmission;

/// <summary>The turns of the lines of one class. Only lines with a waiter that may run take part.</summary>
internal abstract class LineTurns
{
    /// <summary>How many lines take part.</summary>
    public abstract int Count { get; }

    /// <summary>The line that has its turn; null if there is none.</summary>
    public abstract Line? Next(long now);

    /// <summary>A line has got its first waiter.</summary>
    public abstract void Join(Line line, long now);

    /// <summary>A line has lost its last waiter.</summary>
    public abstract void Leave(Line line);

    /// <summary>Called when a waiter of a line starts. The waiter is still in the line.</summary>
    public abstract void OnServed(Waiter waiter, int workers, double meanTicks, long now);

    /// <summary>A job will wait in a line.</summary>
    public virtual void Enter(JobRecord job, Line line)
    {
    }

    /// <summary>A job has started, after waiting or at once.</summary>
    public virtual void OnStarted(JobRecord job, double meanTicks)
    {
    }

    /// <summary>A worker is idle, and no job waits for it.</summary>
    public virtual void OnIdle(long now)
    {
    }
}
