
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>One queue as the middleware uses it: the engine's queue and what belongs to it on the HTTP side.</summary>
internal sealed class AdmissionQueue
{
    public AdmissionQueue(JobQueue queue, ILogger logger)
    {
        Queue = queue;
        Rejections = new PreparedRejections(queue, logger);
        Logger = logger;
        Refusals = new RefusalLog(queue, logger);
        RunningJobs = new RunningJobs(queue.Time);
    }

    public JobQueue Queue { get; }

    public string Name => Queue.Name;

    /// <summary>The settings in force; they are replaced as a whole, so read them once for one decision.</summary>
    public RequestQueueOptions Settings => (RequestQueueOptions)Queue.Settings;

    /// <summary>The answers to rejected requests.</summary>
    public PreparedRejections Rejections { get; }

    /// <summary>Where it is told what became of requests.</summary>
    public ILogger Logger { get; }

    /// <summary>What the log is told about refusals, one burst at a time.</summary>
    public RefusalLog Refusals { get; }

    /// <summary>Who runs, as far as somebody looks.</summary>
    public RunningJobs RunningJobs { get; }
}
