namespace ClusterDemo;

/// <summary>The outcomes of all calls of <c>/ping</c>, over all shops.</summary>
/// <param name="Stock">Lamps left.</param>
/// <param name="Sold">
/// Lamps sold, as the stock's own store counts them. A shopper that left while its order was worked on has bought one
/// as well.
/// </param>
/// <param name="SoldOut">Callers that got the answer "sold out", with or without queueing.</param>
/// <param name="Dropped">
/// Callers that were not served, by the queue's reason. The entry <c>abandoned</c> counts callers that left before they
/// had an answer.
/// </param>
/// <param name="Calls">All callers.</param>
/// <param name="Failed">Callers without a proper answer. Should be 0.</param>
/// <param name="Moved">How often a shop ended during a call, and the call was forwarded to another shop.</param>
/// <param name="Nodes">Shops that are open now.</param>
/// <param name="ClusterWorkers">The maximum number of jobs that may run at once, over all shops.</param>
/// <param name="Running">Jobs that run now, over all shops, as the stock's store counts them.</param>
/// <param name="MaxRunning">
/// The most jobs that ever ran at once, over all shops, as the stock's store counts them.
/// </param>
/// <param name="Shops">The books of each shop.</param>
internal sealed record Books(
    long Stock, long Sold, long SoldOut, IReadOnlyDictionary<string, long> Dropped, long Calls, long Failed, long Moved,
    int Nodes, int ClusterWorkers, long Running, long MaxRunning, IReadOnlyList<ShopView> Shops);

/// <summary>One shop in the books.</summary>
/// <param name="Node">Its number.</param>
/// <param name="State">Its current state.</param>
/// <param name="Process">The id of its process; null if it has none.</param>
/// <param name="Kills">How often it was killed.</param>
/// <param name="Books">The outcomes of its shoppers.</param>
/// <param name="Report">The report about its queue. Null if the shop did not answer or was not asked.</param>
internal sealed record ShopView(
    int Node, string State, int? Process, int Kills, ShopBooksView Books, NodeReport? Report);
