namespace QueueAdmission;

/// <summary>
/// Thrown to refuse a change by an operator. The client gets a problem (RFC 9457) with the status and the message.
/// </summary>
internal sealed class SteeringException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
