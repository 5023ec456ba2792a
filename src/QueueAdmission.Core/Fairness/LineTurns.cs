namespace QueueAdmission;

/// <summary>
/// The order in which the lines of one priority class are served. Only lines with a waiter that could start on a free
/// worker take part.
/// </summary>
internal abstract class LineTurns
{
    /// <summary>The number of lines that take part.</summary>
    public abstract int Count { get; }

    /// <summary>Returns the line that is served next. Null if no line takes part.</summary>
    public abstract Line? Next(long now);

    /// <summary>Adds a line that has got its first waiter.</summary>
    public abstract void Join(Line line, long now);

    /// <summary>Removes a line that has lost its last waiter.</summary>
    public abstract void Leave(Line line);

    /// <summary>Called when a waiter of a line is about to start. The waiter is still in the line.</summary>
    public abstract void OnServed(Waiter waiter, int workers, double meanTicks, long now);

    /// <summary>Called before a job joins a line.</summary>
    public virtual void Enter(JobRecord job, Line line)
    {
    }

    /// <summary>Called when a job has started, after waiting or at once.</summary>
    public virtual void OnStarted(JobRecord job, double meanTicks)
    {
    }

    /// <summary>Called when a worker is idle and no job waits for it.</summary>
    public virtual void OnIdle(long now)
    {
    }
}
