namespace QueueAdmission;

/// <summary>
/// Extends the queues of an application with the code of a package. Register the implementation as a singleton service
/// of this type.
/// </summary>
public interface IJobQueueExtension
{
    /// <summary>
    /// Called after a queue has been created for <c>AddJobQueue</c> or by a web application, before the first job
    /// enters it.
    /// </summary>
    /// <remarks>The call is made on the thread that creates the queue, so the implementation must not block.</remarks>
    /// <param name="queue">The queue.</param>
    void OnCreated(JobQueue queue);
}
