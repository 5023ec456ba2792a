namespace QueueAdmission;

/// <summary>A setting as a lever: it goes the way of every live change.</summary>
internal sealed class SettingLever(QueueSetting setting) : Lever
{
    public override string Name => setting.Key;

    public override string Allowed => setting.Allowed;

    /// <summary>The levers for those of the named settings that exist.</summary>
    public static IEnumerable<Lever> ForSettings(params IEnumerable<string> keys) => keys.Select(QueueSetting.Find).OfType<QueueSetting>().Select(setting => new SettingLever(setting));

    public override bool Understands(string value) => setting.TryRead(value, new RequestQueueOptions());

    public override string Read(AdmissionQueue queue) => setting.Show(queue.Settings);

    public override void Set(AdmissionQueue queue, string value) => Change(queue, settings => Write(value, settings));

    public override void Restore(AdmissionQueue queue, string value, string beneath) => Change(queue, settings =>
    {
        if (setting.Show(settings) == value)
            setting.TryRead(beneath, settings);
    });

    public override void Write(string value, RequestQueueOptions settings) => setting.TryRead(value, settings);

    public override string? ReadFrom(RequestQueueOptions settings) => setting.Show(settings);

    private static void Change(AdmissionQueue queue, Action<RequestQueueOptions> change)
    {
        try
        {
            queue.Queue.Update(settings => change((RequestQueueOptions)settings));
        }
        catch (ObjectDisposedException)
        {
            throw new InvalidOperationException($"Queue '{queue.Name}' was disposed: it takes no settings any more.");
        }
    }
}
