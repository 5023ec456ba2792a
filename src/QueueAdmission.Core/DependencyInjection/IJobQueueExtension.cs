namespace QueueAdmission;

/// <summary>
/// Code of a package that works on the queues of an application. Register it as a singleton service of this type.
/// </summary>
public interface IJobQueueExtension
{
    /// <summary>
    /// A queue was created, by <c>AddJobQueue</c> or by the configuration of a web application. No job has entered it.
    /// </summary>
    /// <remarks>It is called on the thread that creates the queue, which waits for it. It does not block.</remarks>
    /// <param name="queue">The queue.</param>
    void OnCreated(JobQueue queue);
}
