namespace WebDemo;

/// <summary>What became of every call of <c>/ping</c>. While nobody is in the shop, <c>Sold + SoldOut + Dropped = Calls</c>.</summary>
/// <param name="Stock">Lamps left.</param>
/// <param name="Sold">Callers who got one.</param>
/// <param name="SoldOut">Callers who were told that there is none left, at the door or at the till.</param>
/// <param name="Dropped">Callers who were not served, by the queue's reason; <c>abandoned</c> are those who left while they waited.</param>
/// <param name="Calls">All callers.</param>
internal sealed record Books(int Stock, long Sold, long SoldOut, IReadOnlyDictionary<string, long> Dropped, long Calls);
