namespace WebDemo;

/// <summary>The race at one moment.</summary>
/// <param name="Number">Which race it is, from 1; 0 before the first.</param>
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
/// The outcomes of one shop's shoppers, as the shoppers saw them. After the race
/// <c>Sold + SoldOut + Refused + Failed + GaveUp</c> are all shoppers.
/// </summary>
/// <param name="Came">Shoppers that have set out.</param>
/// <param name="Sold">Shoppers that got a lamp.</param>
/// <param name="SoldOut">Shoppers that heard "sold out".</param>
/// <param name="Refused">Shoppers that got a 503.</param>
/// <param name="ToldWhen">How many of the refused were told when to come back.</param>
/// <param name="Failed">Shoppers that got a 500, or no answer at all.</param>
/// <param name="GaveUp">Shoppers that left because no answer came.</param>
/// <param name="Waited">How many of all these had no answer for more than a second.</param>
/// <param name="LongestSeconds">The longest time until an answer came, or until a shopper left.</param>
internal sealed record RaceBooks(
    int Came, int Sold, int SoldOut, int Refused, int ToldWhen, int Failed, int GaveUp, int Waited,
    double LongestSeconds);

/// <summary>A database at one moment.</summary>
/// <param name="Connections">The connections of its pool.</param>
/// <param name="Busy">How many of them are in use.</param>
/// <param name="Waiting">The statements that wait for a connection.</param>
/// <param name="MostWaiting">The most that waited at once in this race.</param>
/// <param name="Stock">The lamps that are left, as its table says.</param>
/// <param name="Orders">The rows of its table of orders.</param>
internal sealed record DatabaseView(int Connections, int Busy, int Waiting, int MostWaiting, int Stock, int Orders);

/// <summary>The line before a handler.</summary>
internal sealed record LineView(int Waiting, int Places);
