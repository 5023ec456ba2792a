namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>What admits jobs: the product's queue, or a rival.</summary>
internal interface IGate : IAsyncDisposable
{
    /// <summary>Waits for a worker. Disposing the result gives it back.</summary>
    ValueTask<IDisposable> EnterAsync();
}
