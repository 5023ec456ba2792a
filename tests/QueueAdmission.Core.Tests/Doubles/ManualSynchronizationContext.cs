namespace QueueAdmission.Doubles;

/// <summary>A context that keeps what is posted until it is told to run it, as a window's message loop would.</summary>
internal sealed class ManualSynchronizationContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    /// <summary>The window is gone: posting to it throws.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Keeps what is posted, and throws all the same.</summary>
    public bool ThrowsAfterwards { get; set; }

    /// <summary>Whether each callback is kept twice.</summary>
    public bool Repeats { get; set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        _posted.Enqueue((d, state));
        if (Repeats)
            _posted.Enqueue((d, state));
        if (ThrowsAfterwards)
            throw new InvalidOperationException("Taken, and failed.");
    }

    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void RunPosted() => Run(() =>
    {
        while (_posted.TryDequeue(out var posted))
            posted.Callback(posted.State);
    });
}
