namespace QueueAdmission.Testing;

/// <summary>Thrown by a check of a contract that is violated.</summary>
public sealed class ContractViolationException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was expected and what happened.</param>
    /// <param name="innerException">What the store threw, if that is the violation.</param>
    public ContractViolationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
