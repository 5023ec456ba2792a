namespace ClusterDemo;

/// <summary>The stock and its jobs at one moment.</summary>
/// <param name="Stock">Lamps left.</param>
/// <param name="Sold">Lamps sold, by all nodes.</param>
/// <param name="Running">Jobs that run now, on all nodes.</param>
/// <param name="MaxRunning">The most jobs that ever ran at once, on all nodes.</param>
/// <param name="Changes">The number of changes of the stock so far. It shows which of two views is newer.</param>
internal readonly record struct StockView(long Stock, long Sold, long Running, long MaxRunning, long Changes);

/// <summary>How a job ended.</summary>
/// <param name="IsSold">Whether the order has got a lamp.</param>
/// <param name="View">The stock afterwards.</param>
internal readonly record struct Sale(bool IsSold, StockView View);

/// <summary>A job that runs on a worker of a node.</summary>
/// <param name="Id">An id that is unique for each job.</param>
/// <param name="Node">The number of the node.</param>
/// <param name="Generation">The id of the node's process, which is new for each start.</param>
internal readonly record struct StockJob(string Id, int Node, string Generation);
