namespace WebDemo;

/// <summary>The race at one moment.</summary>
/// <param name="Number">The number of the race, from 1; 0 before the first race.</param>
/// <param name="Running">Whether shoppers are still under way.</param>
/// <param name="Shoppers">The number of shoppers that come to each shop.</param>
/// <param name="Lamps">The lamps that each shop had at the start.</param>
/// <param name="Seconds">How long the race has lasted.</param>
/// <param name="Shops">The shops: without a limit, with the framework's limiter, with the queue.</param>
internal sealed record RaceView(
    int Number, bool Running, int Shoppers, int Lamps, double Seconds, IReadOnlyList<RaceShopView> Shops);

/// <summary>One shop at one moment.</summary>
internal sealed record RaceShopView(string Name, RaceBooks Books, DatabaseView Database, LineView? Line);

/// <summary>
/// The outcomes of one shop's shoppers, as the shoppers saw them. After the race, <c>Sold + SoldOut + Refused + Failed
/// + GaveUp</c> is the number of all shoppers.
/// </summary>
/// <param name="Came">Shoppers that have set out.</param>
/// <param name="Sold">Shoppers that got a lamp.</param>
/// <param name="SoldOut">Shoppers that got the answer "sold out".</param>
/// <param name="Refused">Shoppers that got a 503.</param>
/// <param name="ToldWhen">How many of the refused shoppers got a <c>Retry-After</c>.</param>
/// <param name="Failed">Shoppers that got a 500, or no answer at all.</param>
/// <param name="GaveUp">Shoppers that left because no answer arrived.</param>
/// <param name="Waited">How many of all these shoppers waited longer than a second, until an answer arrived or until
/// they left.</param>
/// <param name="LongestSeconds">The longest time until an answer arrived, or until a shopper left.</param>
internal sealed record RaceBooks(
    int Came, int Sold, int SoldOut, int Refused, int ToldWhen, int Failed, int GaveUp, int Waited,
    double LongestSeconds);

/// <summary>A database at one moment.</summary>
/// <param name="Connections">The number of connections of its pool.</param>
/// <param name="Busy">How many of them are in use.</param>
/// <param name="Waiting">The statements that wait for a connection.</param>
/// <param name="MostWaiting">The largest number of statements that waited at once in this race.</param>
/// <param name="Stock">The number of lamps in its table.</param>
/// <param name="Orders">The number of rows of its table of orders.</param>
internal sealed record DatabaseView(int Connections, int Busy, int Waiting, int MostWaiting, int Stock, int Orders);

/// <summary>The line in front of a handler.</summary>
internal sealed record LineView(int Waiting, int Places);
