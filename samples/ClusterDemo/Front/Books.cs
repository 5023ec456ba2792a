namespace ClusterDemo;

/// <summary>The outcomes of all calls of <c>/ping</c>, over all shops.</summary>
/// <param name="Stock">Lamps left.</param>
/// <param name="Sold">
/// Lamps sold, as the stock's own store counts them. A shopper that left while its order was worked on has bought one
/// as well.
/// </param>
/// <param name="SoldOut">Callers that heard "sold out", at the door or at the till.</param>
/// <param name="Dropped">
/// Callers that were not served, by the queue's reason; <c>abandoned</c> are callers that left before they had an
/// answer.
/// </param>
/// <param name="Calls">All callers.</param>
/// <param name="Failed">Callers without a proper answer. It should be 0.</param>
/// <param name="Moved">How often a shop ended under a caller, and the call was sent on to another shop.</param>
/// <param name="Nodes">Shops that are open now.</param>
/// <param name="ClusterWorkers">At most so many jobs run at once, over all shops.</param>
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
/// <param name="State">What it does at the moment.</param>
/// <param name="Process">The id of its process; null if it has none.</param>
/// <param name="Kills">How often it was killed.</param>
/// <param name="Books">What became of its shoppers.</param>
/// <param name="Report">How its queue stands; null if it says nothing, or was not asked.</param>
internal sealed record ShopView(
    int Node, string State, int? Process, int Kills, ShopBooksView Books, NodeReport? Report);
