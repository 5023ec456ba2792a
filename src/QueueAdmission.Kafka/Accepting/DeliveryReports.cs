using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>Collects the delivery reports for the records of one call, and waits for them.</summary>
/// <remarks>
/// Each record is reported once, usually from a thread of the client. A report that arrives after the wait has no
/// effect.
/// </remarks>
internal sealed class DeliveryReports(int count)
{
    private readonly object _gate = new();
    private readonly TopicPartitionOffset?[] _places = new TopicPartitionOffset?[count];
    private int _left = count;

    /// <summary>The first error that was reported. Null if there was none.</summary>
    public Error? Error { get; private set; }

    public void Report(int index, TopicPartitionOffset? place, Error? error)
    {
        lock (_gate)
        {
            _places[index] = place;
            Error ??= error;
            if (--_left == 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>
    /// Waits until all records are reported or <paramref name="patience"/> is over. Returns the partition and offset of
    /// each record, or null for a record that is not known to be durable.
    /// </summary>
    public TopicPartitionOffset?[] Wait(TimeSpan patience, TimeProvider time)
    {
        var started = time.GetTimestamp();
        lock (_gate)
        {
            while (_left > 0 && patience - time.GetElapsedTime(started) is var rest && rest > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, rest);
            }
            return [.. _places];
        }
    }
}
