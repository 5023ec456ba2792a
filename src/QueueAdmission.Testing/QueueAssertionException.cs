namespace QueueAdmission.Testing;

/// <summary>Thrown when a queue of a test is not as the test expects. The message says what was found.</summary>
/// <remarks>Every test framework reports it as a failed test.</remarks>
public sealed class QueueAssertionException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected and what was found.</param>
    public QueueAssertionException(string message)
        : base(message)
    {
    }
}
