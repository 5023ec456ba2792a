using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class FiguresTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly JobQueue _queue;

    public FiguresTests() => _queue = new JobQueue(Staging.Settings(workers: 2, partitions: 2, capacity: 2), _clock);

    [Fact]
    public void Figures_OfABusyQueue_AreThoseOfTheSnapshot()
    {
        _queue.TakeAllWorkers();
        _queue.ParkMany(4);
        _queue.TryEnter();
        _clock.Advance(TimeSpan.FromSeconds(3));

        var (figures, snapshot) = (_queue.ReadFigures(), _queue.GetSnapshot());

        Assert.True(figures.IsFull);
        Assert.Equal((2, 2, 4, 4), (figures.Workers, figures.Running, figures.Places, figures.Waiting));
        Assert.Equal(
            (
                snapshot.Running, snapshot.Waiting, snapshot.Ran, snapshot.Rejected, snapshot.Abandoned,
                snapshot.State, snapshot.LongestWait, snapshot.Settings.MaxWait),
            (
                figures.Running, figures.Waiting, figures.Ran, figures.Rejected, figures.Abandoned, figures.State,
                figures.LongestWait, figures.MaxWait));
        Assert.Equal(1, _queue.CountRejected(RejectionReason.QueueFull));
        Assert.Equal(snapshot.WaitingByPartition, _queue.CountWaitingByPartition());
    }

    [Fact]
    public void Standstill_JobsHang_GrowsFromTheFirstWaiter()
    {
        var leases = _queue.TakeAllWorkers();
        Wind(100);
        _queue.ParkMany(2);
        Wind(3);
        Assert.Equal(TimeSpan.FromSeconds(3), _queue.ReadFigures().Standstill);

        leases[0].Dispose();
        Assert.Equal(TimeSpan.Zero, _queue.ReadFigures().Standstill);
        Wind(5);
        Assert.Equal(TimeSpan.FromSeconds(5), _queue.ReadFigures().Standstill);
    }

    [Fact]
    public void Standstill_JobEndsAboveALoweredLimit_IsOver()
    {
        var leases = _queue.TakeAllWorkers();
        _queue.Park();
        _queue.Update(settings => settings.Workers = 1);
        Wind(3);

        leases[0].Dispose();

        Assert.Equal(TimeSpan.Zero, _queue.ReadFigures().Standstill);
    }

    [Fact]
    public void Standstill_PauseEnds_IsOver()
    {
        _queue.Pause();
        _queue.Park();
        _queue.ParkMany(2);
        Wind(3);
        Assert.Equal(TimeSpan.FromSeconds(3), _queue.ReadFigures().Standstill);

        _queue.Resume();

        Assert.Equal(TimeSpan.Zero, _queue.ReadFigures().Standstill);
    }

    [Fact]
    public void Standstill_NoJobWaits_IsZero()
    {
        _queue.TakeAllWorkers();
        Wind(100);

        Assert.Equal(TimeSpan.Zero, _queue.ReadFigures().Standstill);
    }

    private void Wind(int seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));
}
