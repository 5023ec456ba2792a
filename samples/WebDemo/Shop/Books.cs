namespace WebDemo;

/// <summary>
/// The outcomes of all calls of <c>/ping</c>. While the shop is empty, <c>Sold + SoldOut + Dropped = Calls</c>.
/// </summary>
/// <param name="Stock">Lamps left.</param>
/// <param name="Sold">Callers that got one.</param>
/// <param name="SoldOut">Callers that heard "sold out", at the door or at the till.</param>
/// <param name="Dropped">
/// Callers that were not served, by the queue's reason; <c>abandoned</c> are callers that left while they waited.
/// </param>
/// <param name="Calls">All callers.</param>
internal sealed record Books(int Stock, long Sold, long SoldOut, IReadOnlyDictionary<string, long> Dropped, long Calls);
