namespace WebDemo;

/// <summary>
/// The outcomes of all calls of <c>/ping</c>. While no caller is in the shop, <c>Sold + SoldOut + Dropped = Calls</c>.
/// </summary>
/// <param name="Stock">Lamps left.</param>
/// <param name="Sold">Callers that got a lamp.</param>
/// <param name="SoldOut">Callers that got the answer "sold out", before the queue or with a worker.</param>
/// <param name="Dropped">
/// Callers that were not served, by the queue's reason. The entry <c>abandoned</c> counts callers that left while they
/// waited.
/// </param>
/// <param name="Calls">All callers.</param>
internal sealed record Books(int Stock, long Sold, long SoldOut, IReadOnlyDictionary<string, long> Dropped, long Calls);
