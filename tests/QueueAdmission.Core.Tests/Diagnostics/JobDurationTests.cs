using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class JobDurationTests
{
    private const string JobDuration = "queue_admission.job.duration";

    private readonly MeasuredQueue _measured = new(workers: 1, capacity: 2);

    private JobQueue Queue => _measured.Queue;

    [Fact]
    public void Lease_DisposedTwice_IsMeasuredOnce()
    {
        using var watch = new MeterWatch(_measured.Meters);

        var lease = Queue.TryEnter();
        Wind(2);
        lease.Dispose();
        Wind(5);
        lease.Dispose();

        Assert.Equal(["render 2"], watch.Collect(JobDuration));
    }

    [Fact]
    public async Task RunAsync_AfterWaiting_IsMeasuredWithoutTheWait()
    {
        using var watch = new MeterWatch(_measured.Meters);
        var gate = new TaskCompletionSource();
        var began = new TaskCompletionSource();

        var before = Queue.TryEnter();
        var running = Queue.RunAsync(
            _ =>
            {
                began.SetResult();
                return gate.Task;
            },
            TestContext.Current.CancellationToken);
        Wind(3);
        before.Dispose();
        await began.Task;
        Wind(4);
        gate.SetResult();
        await running;

        Assert.Equal(["render 3", "render 4"], watch.Collect(JobDuration));
    }

    [Fact]
    public async Task Push_JobThrows_IsMeasured()
    {
        using var watch = new MeterWatch(_measured.Meters);

        var outcome = await Queue.Push(
            _ =>
            {
                Wind(7);
                throw new InvalidOperationException();
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(JobStatus.Failed, outcome.Status);
        Assert.Equal(["render 7"], watch.Collect(JobDuration));
    }

    [Fact]
    public void Lease_ListenerCameLater_IsNotMeasured()
    {
        var lease = Queue.TryEnter();
        using var watch = new MeterWatch(_measured.Meters);
        Wind(2);
        lease.Dispose();

        Assert.Empty(watch.Collect(JobDuration));
    }

    [Fact]
    public void Clock_NoListener_IsNotAsked()
    {
        var clock = new CountingTimeProvider();
        using var services = new ServiceCollection().AddMetrics().AddSingleton<TimeProvider>(clock).AddJobQueue("quiet")
            .Services.BuildServiceProvider();
        var queue = services.GetRequiredKeyedService<JobQueue>("quiet");
        var before = clock.Timestamps;

        queue.TryEnter().Dispose();

        Assert.Equal(before, clock.Timestamps);
    }

    [Fact]
    public void AddJobQueue_NoMeterFactory_HasNoMetrics()
    {
        using var services = new ServiceCollection().AddJobQueue("plain").Services.BuildServiceProvider();

        Assert.Null(services.GetRequiredKeyedService<JobQueue>("plain").Metrics);
    }

    [Fact]
    public void AddJobQueue_Twice_SharesTheInstruments()
    {
        using var services = new ServiceCollection().AddMetrics().AddSingleton<TimeProvider>(new FakeTimeProvider())
            .AddJobQueue("one").AddJobQueue("two").Services.BuildServiceProvider();

        var one = services.GetRequiredKeyedService<JobQueue>("one");
        var two = services.GetRequiredKeyedService<JobQueue>("two");

        Assert.NotNull(one.Metrics);
        Assert.Same(one.Metrics, two.Metrics);
    }

    private void Wind(int seconds) => _measured.Clock.Advance(TimeSpan.FromSeconds(seconds));
}
