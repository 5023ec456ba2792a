namespace QueueAdmission.Testing;

/// <summary>Thrown by a check if a store violates the contract.</summary>
public sealed class ContractViolationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected and what happened.</param>
    /// <param name="innerException">The exception of the store, if that is the violation.</param>
    public ContractViolationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
