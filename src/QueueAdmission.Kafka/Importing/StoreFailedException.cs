namespace QueueAdmission.Kafka;

/// <summary>
/// Thrown if the store fails during the import. The importer does not report this outage, because other calls of the
/// node to the store report it.
/// </summary>
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
