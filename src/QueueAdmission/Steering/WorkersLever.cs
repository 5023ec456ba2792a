namespace QueueAdmission;

/// <summary>The number of workers. It is a layer over the settings, which keep their own number: see <see cref="WorkerLimit"/>.</summary>
/// <remarks>A queue that finds the number of its workers itself does not look for it while an operator has fixed it.</remarks>
internal sealed class WorkersLever : Lever
{
    private static readonly QueueSetting Setting = QueueSetting.Find(nameof(RequestQueueOptions.Workers))!;

    public override string Name => Setting.Key;

    public override string Allowed => Setting.Allowed;

    public override bool Understands(string value) => Setting.TryRead(value, new RequestQueueOptions());

    public override string Read(AdmissionQueue queue)
    {
        var (own, beneath) = queue.Queue.ReadWorkersOverride();
        return Show(own ?? beneath);
    }

    public override string Beneath(AdmissionQueue queue, QueueOverride? former) => Show(queue.Queue.ReadWorkersOverride().Beneath);

    public override void Set(AdmissionQueue queue, string value)
    {
        var settings = new RequestQueueOptions();
        Setting.TryRead(value, settings);
        JobQueueOptionsValidator.ThrowIfInvalid(queue.Name, settings);
        Put(queue, settings.Workers);
    }

    public override void Restore(AdmissionQueue queue, string value, string beneath) => Put(queue, workers: null);

    public override void Reinstate(AdmissionQueue queue, string value) => Set(queue, value);

    private static string Show(int workers) => Setting.Show(new RequestQueueOptions { Workers = workers });

    private static void Put(AdmissionQueue queue, int? workers)
    {
        try
        {
            queue.Queue.SetWorkersOverride(workers);
        }
        catch (ObjectDisposedException)
        {
            throw new InvalidOperationException($"Queue '{queue.Name}' was disposed: it takes no settings any more.");
        }
    }
}
