namespace QueueAdmission;

/// <summary>The exception that a lease store throws if it cannot carry out a call now.</summary>
/// <remarks>
/// The message appears in logs and health checks. It may name the server, but contains no credentials.
/// </remarks>
public sealed class LeaseStoreException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="problem">The kind of problem.</param>
    /// <param name="message">A description for operators, without credentials.</param>
    /// <param name="innerException">The exception of the client library, if there is one.</param>
    public LeaseStoreException(LeaseStoreProblem problem, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Problem = problem;
    }

    /// <summary>The kind of problem.</summary>
    public LeaseStoreProblem Problem { get; }
}
