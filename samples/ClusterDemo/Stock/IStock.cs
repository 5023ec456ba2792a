namespace ClusterDemo;

/// <summary>
/// The lamps that all shops share, in a separate store. Every method is one atomic step in that store.
/// </summary>
internal interface IStock : IAsyncDisposable
{
    /// <summary>
    /// Creates the tables if they are missing, and begins a sale with all lamps, no sold lamp and no job.
    /// </summary>
    /// <exception cref="DemoException">The store cannot be reached. The message says how to start it.</exception>
    Task OpenAsync(int lamps);

    /// <summary>Records that a job has got a worker. From now on the job counts as running.</summary>
    Task<StockView> BeginAsync(StockJob job);

    /// <summary>
    /// Records the end of a job. With an order, it also sells a lamp. It does so only if the stock is not empty, only
    /// once for each order, and only if the job still counts as running.
    /// </summary>
    /// <remarks>A call with the same job and order may be repeated, and gives the same answer.</remarks>
    /// <param name="job">The job.</param>
    /// <param name="order">The order that is sold; null to sell nothing.</param>
    Task<Sale> EndAsync(StockJob job, string? order);

    /// <summary>
    /// Returns whether an order is sold. A sale that another process has begun is waited for, also if that process has
    /// ended before it got the answer of the store.
    /// </summary>
    Task<bool> IsSoldAsync(string order);

    /// <summary>Removes the jobs of a node's ended processes.</summary>
    /// <param name="node">The node.</param>
    /// <param name="generation">The generation of the node's current process; null if there is none.</param>
    Task ClearAsync(int node, string? generation);

    /// <summary>Puts lamps on the shelf.</summary>
    Task<StockView> AddAsync(int lamps);

    Task<StockView> ReadAsync();
}
