namespace QueueAdmission;

/// <summary>Thrown by a job store that cannot carry out a call now.</summary>
/// <remarks>The message is shown in logs and health checks. It names the server, and holds no password.</remarks>
public sealed class JobStoreException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <param name="message">What is wrong, for operators, without credentials.</param>
    /// <param name="innerException">The exception of the client library, if there is one.</param>
    public JobStoreException(JobStoreProblem problem, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Problem = problem;
    }

    /// <summary>What is wrong.</summary>
    public JobStoreProblem Problem { get; }
}
