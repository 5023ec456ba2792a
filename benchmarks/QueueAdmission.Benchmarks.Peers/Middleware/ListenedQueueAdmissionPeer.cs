using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Benchmarks;

/// <summary>
/// <c>UseQueuedAdmission</c> with a listener on every instrument. The listener discards the measurements.
/// </summary>
public sealed class ListenedQueueAdmissionPeer(Limits limits) : QueueAdmissionPeer(limits)
{
    // Never disposed: the peer lives as long as the process.
    private readonly MeterListener _listener = new();

    public override void Use(IApplicationBuilder app)
    {
        base.Use(app);
        var meters = app.ApplicationServices.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Meter.Name == "QueueAdmission")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        _listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        _listener.SetMeasurementEventCallback<int>(static (_, _, _, _) => { });
        _listener.Start();
    }
}
