namespace QueueAdmission;

/// <summary>
/// The exception that <see cref="JobQueue.RunAsync(Func{CancellationToken, Task}, CancellationToken)"/> throws if the
/// queue refuses the job. The job has not run.
/// </summary>
public sealed class JobRejectedException : Exception
{
    /// <summary>Creates an exception for a refusal.</summary>
    /// <param name="queueName">The name of the queue that refused the job.</param>
    /// <param name="rejection">The refusal.</param>
    public JobRejectedException(string queueName, Rejection rejection)
        : base(
            $"The queue '{queueName}' refused the job: {rejection.Reason.ToWireName()}. "
            + $"Try again in {rejection.RetryAfter.TotalSeconds:0} s.")
    {
        QueueName = queueName;
        Rejection = rejection;
    }

    /// <summary>The name of the queue that refused the job.</summary>
    public string QueueName { get; }

    /// <summary>The reason, and the time after which to try again.</summary>
    public Rejection Rejection { get; }
}
