namespace WebDemo;

/// <summary>The door of a shop during one race. Counts the customers that have reached the shop.</summary>
internal sealed class RaceDoor(int race, int customers)
{
    private readonly int[] _seen = new int[customers];
    private int _reached;

    /// <summary>How many customers have reached the shop, or have left on the way.</summary>
    public int Reached => Volatile.Read(ref _reached);

    public bool IsOpen(int number, int customer) => race != 0 && number == race && (uint)customer < (uint)customers;

    /// <summary>Counts a customer once, even if it is called several times for the same customer.</summary>
    public void Greet(int number, int customer)
    {
        if (IsOpen(number, customer) && Interlocked.Exchange(ref _seen[customer], 1) == 0)
            Interlocked.Increment(ref _reached);
    }
}
