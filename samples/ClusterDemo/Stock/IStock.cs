namespace ClusterDemo;

/// <summary>
/// The lamps that all shops share, in a store of their own. Every method is one atomic step in that store.
/// </summary>
internal interface IStock : IAsyncDisposable
{
    /// <summary>Makes the tables if they are missing, and begins a sale: all lamps, nothing sold, no job.</summary>
    /// <exception cref="DemoException">The store cannot be reached. The message says how to start it.</exception>
    Task OpenAsync(int lamps);

    /// <summary>A job has got a worker. From now on it counts as running.</summary>
    Task<StockView> BeginAsync(StockJob job);

    /// <summary>
    /// A job ends. With an order it sells a lamp: only if one is left, only once for each order, and only if the job
    /// still counts as running.
    /// </summary>
    /// <remarks>A call with the same job and order may be repeated, and gives the same answer.</remarks>
    /// <param name="job">The job.</param>
    /// <param name="order">The order that is sold; null to sell nothing.</param>
    Task<Sale> EndAsync(StockJob job, string? order);

    /// <summary>Removes the jobs of processes that are dead.</summary>
    /// <param name="node">The node.</param>
    /// <param name="generation">The process of the node that lives; null if none does.</param>
    Task ClearAsync(int node, string? generation);

    /// <summary>Puts lamps on the shelf.</summary>
    Task<StockView> AddAsync(int lamps);

    Task<StockView> ReadAsync();
}
