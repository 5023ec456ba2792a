namespace QueueAdmission;

/// <summary>Serves the lines in turn, one job from each.</summary>
internal sealed class RingTurns : LineTurns
{
    private LineRing _ring;
    private int _count;

    public override int Count => _count;

    /// <summary>Takes over the lines of a plain queue, in the order of their turns.</summary>
    public void Adopt(in LineRing ring, int count) => (_ring, _count) = (ring, count);

    public override Line? Next(long now) => _ring.First;

    public override void Join(Line line, long now)
    {
        _ring.Join(line);
        _count++;
    }

    public override void Leave(Line line)
    {
        _ring.Leave(line);
        _count--;
    }

    public override void OnServed(Waiter waiter, int workers, double meanTicks, long now)
    {
        if (_ring.First == waiter.Line)
            _ring.Rotate();
    }
}
