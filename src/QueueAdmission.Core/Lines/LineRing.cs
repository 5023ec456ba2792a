namespace QueueAdmission;

/// <summary>
/// The lines that have a waiter, in a ring. The line that is served next is the first. A line that gets its first
/// waiter becomes the last.
/// </summary>
internal struct LineRing
{
    public Line? First { get; private set; }

    public readonly bool IsEmpty => First is null;

    /// <summary>Makes the first line the last, because it has had its turn.</summary>
    public void Rotate() => First = First!.NextBusy;

    public void Join(Line line)
    {
        if (First is not { } first)
        {
            First = line.NextBusy = line.PreviousBusy = line;
            return;
        }
        var last = first.PreviousBusy!;
        line.PreviousBusy = last;
        line.NextBusy = first;
        last.NextBusy = line;
        first.PreviousBusy = line;
    }

    public void Leave(Line line)
    {
        if (line.NextBusy == line)
        {
            First = null;
        }
        else
        {
            if (First == line)
                First = line.NextBusy;
            line.PreviousBusy!.NextBusy = line.NextBusy;
            line.NextBusy!.PreviousBusy = line.PreviousBusy;
        }
        line.NextBusy = line.PreviousBusy = null;
    }

    public void Clear() => First = null;
}
