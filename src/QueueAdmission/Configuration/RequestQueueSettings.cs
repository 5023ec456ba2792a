namespace QueueAdmission;

/// <summary>
/// The settings of a queue for HTTP requests, in addition to <see cref="JobQueueSettings"/>. To add a setting, add an
/// entry here and a property to <see cref="RequestQueueOptions"/>.
/// </summary>
internal static class RequestQueueSettings
{
    public static readonly QueueSetting<int> RejectionStatusCode = new(
        nameof(RequestQueueOptions.RejectionStatusCode), SettingValues.WholeNumber(400, 599))
    {
        Default = 503,
        Description = "The status of a rejection. PartitionFull and KeyLimit are answered with 429 instead, "
            + "because only that caller has asked for too much.",
    };

    public static readonly QueueSetting<ReleaseOn?> ReleaseOn = new(
        nameof(RequestQueueOptions.ReleaseOn), SettingValues.Optional(SettingValues.Name<ReleaseOn>()))
    {
        Default = null,
        DefaultWords = "derived from the kind of request",
        Description = "When a request releases its worker.",
    };

    public static readonly QueueSetting<PartitionBy> PartitionBy = new(
        nameof(RequestQueueOptions.PartitionBy),
        SettingValues.Text(
            QueueAdmission.PartitionBy.Allowed, QueueAdmission.PartitionBy.Parse, QueueAdmission.PartitionBy.Pattern))
    {
        Default = QueueAdmission.PartitionBy.RoundRobin,
        Description = "Which caller a request belongs to, for queues that separate callers. "
            + "By default, the callers share the workers' time equally. "
            + "A request whose caller has no room is refused with PartitionFull, while requests of others still wait.",
        Implies = (o, value) => o.PartitionByKey = value.HasKeys,
    };

    public static readonly QueueSetting<PriorityFrom> PriorityFrom = new(
        nameof(RequestQueueOptions.PriorityFrom),
        SettingValues.Text(
            QueueAdmission.PriorityFrom.Allowed, QueueAdmission.PriorityFrom.Parse,
            QueueAdmission.PriorityFrom.Pattern))
    {
        Default = QueueAdmission.PriorityFrom.Endpoint,
        Description = "Where the priority of a request comes from.",
    };

    public static readonly QueueSetting<DeadlineFrom> DeadlineFrom = new(
        nameof(RequestQueueOptions.DeadlineFrom),
        SettingValues.Text(
            QueueAdmission.DeadlineFrom.Allowed, QueueAdmission.DeadlineFrom.Parse,
            QueueAdmission.DeadlineFrom.Pattern))
    {
        Default = QueueAdmission.DeadlineFrom.None,
        Description = "How long a request may take to be answered. It limits the wait in addition to MaxWait.",
    };

    public static readonly QueueSetting<CallerDisplay> ShowCallers = new(
        nameof(RequestQueueOptions.ShowCallers), SettingValues.Name<CallerDisplay>())
    {
        Default = CallerDisplay.None,
        Description = "How the dashboard shows the callers with the most requests, for queues that separate callers. "
            + "Names may be personal data.",
    };

    public static readonly QueueSetting<Func<RejectionContext, ValueTask>?> OnRejected = new(
        nameof(RequestQueueOptions.OnRejected), new CodeValues<Func<RejectionContext, ValueTask>?>())
    {
        Default = null,
        DefaultWords = "none",
        Description = "Called for each request that this queue rejects, instead of OnRejected for all queues.",
        IsConfigurable = false,
    };

    public static readonly QueueSetting<IReadOnlyList<IRejectionWriter>> RejectionWriters = new(
        nameof(RequestQueueOptions.RejectionWriters), new CodeValues<IReadOnlyList<IRejectionWriter>>())
    {
        Default = [],
        DefaultWords = "none",
        Description = "The application's own answers to requests that this queue rejects. "
            + "They are asked before RejectionWriters for all queues.",
        IsConfigurable = false,
    };

    /// <summary>Every setting, in the order in which they are listed.</summary>
    public static IReadOnlyList<QueueSetting> All { get; } =
        [
            RejectionStatusCode, ReleaseOn, PartitionBy, PriorityFrom, DeadlineFrom, ShowCallers, OnRejected,
            RejectionWriters,
        ];
}
