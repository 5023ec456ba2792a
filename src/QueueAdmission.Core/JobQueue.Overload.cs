using System.Threading.RateLimiting;

namespace QueueAdmission;

// Overload control. The accounts ask it how long somebody may wait, as they ask MaxWait; the discipline is told from which end to serve.
public sealed partial class JobQueue
{
    private OverloadControl? _overload;

    private void SetOrderLocked() => _discipline.NewestFirst = _settings.Order == QueueProcessingOrder.NewestFirst || _overload is { IsStanding: true };

    private void SwitchOverloadControlLocked()
    {
        if (!_settings.OverloadControl)
            _overload = null;
        else if (_overload is null || _discipline.JudgesLines)
            // Where each line is judged by itself, nothing is known of the whole.
            _overload = new OverloadControl();
        SetOrderLocked();
    }

    /// <summary>Gives up those who have waited too long in a standing queue.</summary>
    private void ShedLocked(OverloadControl overload, ref WakeList wake)
    {
        var rate = _drainRate.PerSecond;
        overload.Tune(
            _settings.OverloadTarget is { } target ? ToTimestampTicks(target) : null,
            _settings.OverloadInterval is { } interval ? ToTimestampTicks(interval) : null,
            rate > 0 ? _time.TimestampFrequency / rate : double.PositiveInfinity,
            _settings.Workers,
            _maxWaitTicks);
        if (_discipline.JudgesLines)
        {
            while (_discipline.NextToShed(_now, overload) is { } waiter)
                RefuseWaiterLocked(waiter, RejectionReason.Shed, ref wake);
            return;
        }
        if (_arrivals.Oldest is { } first)
            overload.Observe(_now, _now - first.Time);
        while (_arrivals.Oldest is { } oldest && _now - oldest.Time >= overload.WaitLimit)
        {
            _discipline.Remove(oldest);
            RefuseWaiterLocked(oldest, RejectionReason.Shed, ref wake);
        }
        SetOrderLocked();
    }
}
