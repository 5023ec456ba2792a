using System.Diagnostics.Metrics;
using System.Globalization;

namespace QueueAdmission.Doubles;

/// <summary>Listens to the instruments of the queues of one program.</summary>
internal sealed class MeterWatch : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Instrument, double Value, SortedDictionary<string, string> Tags)> _measurements = [];

    /// <param name="meters">The meters of the program. Tests that run in parallel have other meters.</param>
    /// <param name="instruments">The instruments to listen to. Empty for all instruments.</param>
    public MeterWatch(IMeterFactory meters, params string[] instruments)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope != meters || instrument.Meter.Name != QueueMetrics.MeterName)
                return;
            Instruments.Add(instrument);
            if (instruments.Length == 0 || instruments.Contains(instrument.Name))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    public List<Instrument> Instruments { get; } = [];

    /// <summary>Whether the listener throws at every measurement.</summary>
    public bool Throws { get; set; }

    /// <summary>
    /// Collects the observable instruments. Returns all measurements since the previous call, in the form
    /// <c>instrument{tag=value,…} value</c>.
    /// </summary>
    public IReadOnlyList<string> Collect()
    {
        _listener.RecordObservableInstruments();
        lock (_measurements)
        {
            var lines = _measurements.Select(measurement =>
            {
                var tags = string.Join(',', measurement.Tags.Select(tag => $"{tag.Key}={tag.Value}"));
                return string.Create(
                    CultureInfo.InvariantCulture, $"{measurement.Instrument}{{{tags}}} {measurement.Value}");
            }).ToList();
            _measurements.Clear();
            return lines;
        }
    }

    /// <summary>
    /// Returns the measurements of one instrument, with the values of their tags but without the names of the tags.
    /// </summary>
    public IReadOnlyList<string> Collect(string instrument)
    {
        _listener.RecordObservableInstruments();
        lock (_measurements)
        {
            var lines = _measurements.Where(measurement => measurement.Instrument == instrument)
                .Select(measurement => string.Create(CultureInfo.InvariantCulture,
                $"{string.Join(' ', measurement.Tags.Values)} {measurement.Value}")).ToList();
            _measurements.Clear();
            return lines;
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, tag) in tags)
            sorted.Add(key, string.Create(CultureInfo.InvariantCulture, $"{tag}"));
        lock (_measurements)
            _measurements.Add((instrument.Name, value, sorted));
        if (Throws)
            throw new InvalidOperationException("A listener that throws.");
    }
}
