namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>Admits jobs: the product's queue, or a rival.</summary>
internal interface IGate : IAsyncDisposable
{
    /// <summary>Waits for a worker. Disposing the result releases the worker.</summary>
    ValueTask<IDisposable> EnterAsync();
}
