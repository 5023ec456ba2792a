namespace WebDemo;

/// <summary>A rush as its shoppers see it, without the shop's own counts.</summary>
/// <param name="Number">The number of the rush, from 1.</param>
/// <param name="Running">Whether shoppers are still under way.</param>
/// <param name="Shoppers">The number of shoppers in all.</param>
/// <param name="Answered">The number of shoppers with an answer.</param>
/// <param name="Sold">The number of shoppers that got a lamp.</param>
/// <param name="SoldOut">The number of shoppers that got the answer "sold out".</param>
/// <param name="SentAway">The number of shoppers that got a 503.</param>
/// <param name="Failed">The number of shoppers without an answer, or with an unexpected one. Should be 0.</param>
/// <param name="Seconds">How long the rush has lasted.</param>
internal sealed record RushView(
    int Number, bool Running, int Shoppers, int Answered, int Sold, int SoldOut, int SentAway, int Failed,
    double Seconds);
