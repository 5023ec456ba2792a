namespace QueueAdmission;

/// <summary>
/// Thrown by <see cref="JobQueue.RunAsync(Func{CancellationToken, Task}, CancellationToken)"/> when the queue refuses
/// the job. The job did not run.
/// </summary>
public sealed class JobRejectedException : Exception
{
    /// <summary>Describes one refusal.</summary>
    /// <param name="queueName">The name of the queue that refused.</param>
    /// <param name="rejection">The refusal.</param>
    public JobRejectedException(string queueName, Rejection rejection)
        : base($"The queue '{queueName}' refused the job: {rejection.Reason.ToWireName()}. Try again in {rejection.RetryAfter.TotalSeconds:0} s.")
    {
        QueueName = queueName;
        Rejection = rejection;
    }

    /// <summary>The name of the queue that refused.</summary>
    public string QueueName { get; }

    /// <summary>The reason, and when to try again.</summary>
    public Rejection Rejection { get; }
}
