namespace QueueAdmission;

/// <summary>Ends a change of an operator with a problem as its answer.</summary>
internal sealed class SteeringException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
