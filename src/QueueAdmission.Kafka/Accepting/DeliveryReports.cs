using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>Waits for what became of the records of one call.</summary>
/// <remarks>
/// The client reports each record once, from a thread of its own. A report that comes after the wait has no effect.
/// </remarks>
internal sealed class DeliveryReports(int count)
{
    private readonly object _gate = new();
    private readonly TopicPartitionOffset?[] _places = new TopicPartitionOffset?[count];
    private int _left = count;

    /// <summary>The first error of all; null if there was none.</summary>
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

    /// <summary>Where each record lies; null for one that is not known to be durable.</summary>
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
