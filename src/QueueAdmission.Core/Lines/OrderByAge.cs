namespace QueueAdmission;

/// <summary>Compares waiters by the order in which they joined the fair lines.</summary>
internal sealed class OrderByAge : IComparer<Waiter>
{
    public static OrderByAge Instance { get; } = new();

    /// <summary>
    /// Compares two waiters. Waiters from before the fair lines have no number in the order. They are older than all
    /// others, and are never compared with each other.
    /// </summary>
    public static int Compare(Waiter? a, Waiter? b) => OrderOf(a).CompareTo(OrderOf(b));

    int IComparer<Waiter>.Compare(Waiter? a, Waiter? b) => Compare(a, b);

    private static long OrderOf(Waiter? waiter) => waiter?.Job?.Order ?? 0;
}
