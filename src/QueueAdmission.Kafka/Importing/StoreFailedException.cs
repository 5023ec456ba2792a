namespace QueueAdmission.Kafka;

/// <summary>The store has failed. Its outage is reported by the calls that the node makes beside.</summary>
internal sealed class StoreFailedException(Exception exception) : Exception(exception.Message, exception)
{
    public static T Guard<T>(Func<T> call)
    {
        try
        {
            return call();
        }
#pragma warning disable CA1031 // A store may throw anything.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new StoreFailedException(exception);
        }
    }
}
