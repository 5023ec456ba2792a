namespace QueueAdmission.Doubles;

/// <summary>
/// A context that stores posted callbacks until it is told to run them, like the message loop of a window.
/// </summary>
internal sealed class ManualSynchronizationContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    /// <summary>Whether the window is closed. Posting to it then throws.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether a post throws after the callback has been stored.</summary>
    public bool ThrowsAfterwards { get; set; }

    /// <summary>Whether each callback is stored twice.</summary>
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
