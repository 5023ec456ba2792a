namespace QueueAdmission;

/// <summary>A setting that can be overridden. An override is a layer of the settings of its queue.</summary>
internal sealed class SettingTarget(QueueSetting setting) : OverrideTarget
{
    public override string Name => setting.Key;

    public override string Allowed => setting.Allowed;

    public override bool IsLayer => true;

    public override bool Understands(string value) => setting.TryParse(value, out _);

    public override string Read(RequestQueue queue) => setting.Show(queue.Queue.Settings);

    public override void Set(RequestQueue queue, string value)
    {
        if (!setting.TryParse(value, out var parsed))
            throw new ArgumentException($"'{value}' is not a valid value of {setting.Key}.", nameof(value));
        try
        {
            queue.Live.Override(setting, parsed);
        }
        catch (ObjectDisposedException)
        {
            throw new InvalidOperationException(
                $"Queue '{queue.Name}' was disposed: its settings can no longer be changed.");
        }
    }

    public override void End(QueueOverride ended) => ended.Queue.Live.EndOverride(setting);

    public override string ReadUnderlying(RequestQueue queue, QueueOverride? former) =>
        queue.Live.ShowUnderlying(setting);
}
