namespace QueueAdmission;

/// <summary>On <c>HttpContext.Features</c> of a queued request: what the queue did with it. To give the worker back early, call <c>HttpContext.ReleaseWorker()</c>.</summary>
public interface IQueueFeature
{
    /// <summary>The queue.</summary>
    JobQueue Queue { get; }

    /// <summary>How long the request waited; zero if it got a worker at once.</summary>
    TimeSpan Waited { get; }

    /// <summary>How many requests waited before this one when it came; zero if it got a worker at once.</summary>
    int WaitersAhead { get; }

    /// <summary>Whether the request still holds its worker.</summary>
    bool HoldsWorker { get; }
}
