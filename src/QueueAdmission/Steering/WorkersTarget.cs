namespace QueueAdmission;

/// <summary>
/// The number of workers. Its override is a cap of the engine over the settings, which keep their own number: see
/// <see cref="WorkerLimit"/>.
/// </summary>
/// <remarks>While the override lasts, an adaptive queue does not look for its number of workers.</remarks>
internal sealed class WorkersTarget : OverrideTarget
{
    private static readonly QueueSetting<int> Setting = JobQueueSettings.Workers;

    public override string Name => Setting.Key;

    public override string Allowed => Setting.Allowed;

    public override bool Understands(string value) => Setting.TryParse(value, out _);

    public override string Read(AdmissionQueue queue)
    {
        var (own, beneath) = queue.Queue.ReadWorkersOverride();
        return Show(own ?? beneath);
    }

    public override void Set(AdmissionQueue queue, string value)
    {
        var settings = new JobQueueOptions();
        if (!Setting.TryRead(value, settings))
            throw new ArgumentException($"'{value}' is not a value of {Setting.Key}.", nameof(value));
        JobQueueOptionsValidator.ThrowIfInvalid(queue.Name, settings);
        Put(queue, settings.Workers);
    }

    public override void End(QueueOverride ended) => Put(ended.Queue, workers: null);

    public override void Reinstate(QueueOverride ended) => Set(ended.Queue, ended.Value);

    public override string Beneath(AdmissionQueue queue, QueueOverride? former, string before) =>
        Show(queue.Queue.ReadWorkersOverride().Beneath);

    private static string Show(int workers) => Setting.Show(new JobQueueOptions { Workers = workers });

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
