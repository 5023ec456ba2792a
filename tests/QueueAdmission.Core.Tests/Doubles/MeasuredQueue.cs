using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Doubles;

/// <summary>A queue <c>render</c> that is registered in a service provider with meters.</summary>
internal sealed class MeasuredQueue : IDisposable
{
    private readonly ServiceProvider _services;

    public MeasuredQueue(int workers = 1, int partitions = 1, int capacity = 1, TimeSpan? maxWait = null)
    {
        _services = new ServiceCollection()
            .AddMetrics()
            .AddSingleton<TimeProvider>(Clock)
            .AddJobQueue("render", options =>
                (options.Workers, options.Partitions, options.PartitionCapacity, options.MaxWait) =
                    (workers, partitions, capacity, maxWait ?? TimeSpan.FromSeconds(10)))
            .Services.BuildServiceProvider();
        Queue = _services.GetRequiredKeyedService<JobQueue>("render");
    }

    public FakeTimeProvider Clock { get; } = new();

    public JobQueue Queue { get; }

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();
}
