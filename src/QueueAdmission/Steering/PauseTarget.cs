namespace QueueAdmission;

/// <summary>Whether the queue is paused: new jobs wait, and no job starts.</summary>
internal sealed class PauseTarget : OverrideTarget
{
    private const string Yes = "true";
    private const string No = "false";

    public override string Name => "Paused";

    public override string Allowed => "true, false";

    public override bool Understands(string value) => value is Yes or No;

    public override string Read(RequestQueue queue) =>
        queue.Queue.GetSnapshot().State == JobQueueState.Paused ? Yes : No;

    public override void Set(RequestQueue queue, string value)
    {
        if (!queue.Queue.TrySetPaused(value == Yes))
        {
            throw new InvalidOperationException(
                $"Queue '{queue.Name}' drains or was disposed: it can be neither paused nor resumed.");
        }
    }

    public override void End(QueueOverride ended)
    {
        if (Read(ended.Queue) == ended.Value)
            Set(ended.Queue, ended.Underlying);
    }

    public override string ReadUnderlying(RequestQueue queue, QueueOverride? former)
    {
        var now = Read(queue);
        return former is not null && now == former.Value ? former.Underlying : now;
    }
}
