namespace WebDemo;

/// <summary>A rush as its shoppers tell it; they know nothing of the shop's books.</summary>
/// <param name="Number">Which rush it is, from 1.</param>
/// <param name="Running">Whether shoppers are still under way.</param>
/// <param name="Shoppers">How many come in all.</param>
/// <param name="Answered">How many have their answer.</param>
/// <param name="Sold">How many got a lamp.</param>
/// <param name="SoldOut">How many were told that there is none left.</param>
/// <param name="SentAway">How many were sent away with a 503.</param>
/// <param name="Failed">How many got no answer, or one that makes no sense. There should be none.</param>
/// <param name="Seconds">How long the rush has lasted.</param>
internal sealed record RushView(int Number, bool Running, int Shoppers, int Answered, int Sold, int SoldOut, int SentAway, int Failed, double Seconds);
