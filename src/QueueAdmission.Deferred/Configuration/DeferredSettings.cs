namespace QueueAdmission.Deferred;

/// <summary>
/// The settings of deferred jobs for each queue. In the configuration, they are in the object <c>Deferred</c> of a
/// queue. Changes take effect live.
/// </summary>
/// <remarks>
/// <code>
/// "Queues": { "posts": { "Workers": 8, "Deferred": { "MaxAttempts": 3 } } }
/// </code>
/// </remarks>
public static class DeferredSettings
{
    /// <summary>The name of the object in configuration.</summary>
    internal const string Section = "Deferred";

    /// <summary>
    /// The maximum number of waiting and running deferred jobs of the queue. Default 1,000,000; range 1 to
    /// 1,000,000,000 jobs.
    /// </summary>
    public static readonly QueueSetting<int> MaxWaiting = new(
        Key(nameof(MaxWaiting)), SettingValues.WholeNumber(1, 1_000_000_000))
    {
        Default = 1_000_000,
        Description =
            "How many deferred jobs of the queue may wait or run. A further request is refused with deferred_full.",
        Unit = "jobs",
    };

    /// <summary>
    /// The maximum size of the body of a deferred request. Default 262,144; range 0 to 104,857,600 bytes.
    /// </summary>
    public static readonly QueueSetting<int> MaxBodySize = new(
        Key(nameof(MaxBodySize)), SettingValues.WholeNumber(0, 100 * 1024 * 1024))
    {
        Default = 256 * 1024,
        Description =
            "The maximum size of the body of a deferred request. A request with a larger body is answered with 413.",
        Unit = "bytes",
    };

    /// <summary>
    /// The maximum size of a response body that is kept. Default 1,048,576; range 0 to 104,857,600 bytes.
    /// </summary>
    public static readonly QueueSetting<int> MaxResponseSize = new(
        Key(nameof(MaxResponseSize)), SettingValues.WholeNumber(0, 100 * 1024 * 1024))
    {
        Default = 1024 * 1024,
        Description =
            "The maximum size of a response body that is kept. Of a larger response, only status and headers are kept.",
        Unit = "bytes",
    };

    /// <summary>
    /// The number of attempts after which a job becomes a dead letter. Default 5; range 1 to 1,000 attempts.
    /// </summary>
    public static readonly QueueSetting<int> MaxAttempts = new(
        Key(nameof(MaxAttempts)), SettingValues.WholeNumber(1, 1_000))
    {
        Default = 5,
        Description = "The number of attempts after which a job becomes a dead letter.",
        Unit = "attempts",
    };

    /// <summary>
    /// The minimum fraction of the workers' time that deferred jobs get while live requests wait. Default 0.1; range 0
    /// to 1.
    /// </summary>
    public static readonly QueueSetting<double> MinShare = new(Key(nameof(MinShare)), SettingValues.Fraction(0, 1))
    {
        Default = 0.1,
        Description = "The minimum fraction of the workers' time that deferred jobs get while live requests wait.",
    };

    /// <summary>
    /// How many requests may be bound, validated and filtered for acceptance at once. Default 256; range 1 to 100,000.
    /// </summary>
    public static readonly QueueSetting<int> MaxAccepting = new(
        Key(nameof(MaxAccepting)), SettingValues.WholeNumber(1, 100_000))
    {
        Default = 256,
        Description = "How many requests may be bound, validated and filtered for acceptance at once. "
            + "A further request is refused with accepting_full.",
        Unit = "requests",
    };

    /// <summary>
    /// The maximum time that a request waits for the outcome of its job, whatever its client asks for. Default
    /// 00:00:30; range 00:00:00 to 00:10:00.
    /// </summary>
    public static readonly QueueSetting<TimeSpan> MaxPreferWait = new(
        Key(nameof(MaxPreferWait)), SettingValues.Duration(TimeSpan.Zero, TimeSpan.FromMinutes(10)))
    {
        Default = TimeSpan.FromSeconds(30),
        Description = "How long a request may wait for the outcome of its job (Prefer: respond-async, wait=n). "
            + "After that time, the request is answered with 202.",
    };

    /// <summary>
    /// How many requests may wait at once for the outcomes of their jobs. Default 1,000; range 0 to 100,000 requests.
    /// </summary>
    public static readonly QueueSetting<int> MaxPreferWaiters = new(
        Key(nameof(MaxPreferWaiters)), SettingValues.WholeNumber(0, 100_000))
    {
        Default = 1_000,
        Description = "How many requests may wait at once for the outcomes of their jobs. "
            + "A further request is answered with 202 at once.",
        Unit = "requests",
    };

    /// <summary>
    /// How long a finished job and its response are kept. Default 1.00:00:00; range 00:00:01 to 365.00:00:00.
    /// </summary>
    public static readonly QueueSetting<TimeSpan> Retention = new(
        Key(nameof(Retention)), SettingValues.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)))
    {
        Default = TimeSpan.FromDays(1),
        Description = "How long a finished job and its response are kept. "
            + "Dead letters are kept until they are run again or discarded.",
    };

    /// <summary>
    /// The wait before the second attempt of a job. It doubles with each further attempt, and is shortened at random by
    /// up to half. Default 00:00:02; range 00:00:00.0010000 to 01:00:00.
    /// </summary>
    public static readonly QueueSetting<TimeSpan> RetryDelay = new(
        Key(nameof(RetryDelay)), SettingValues.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)))
    {
        Default = TimeSpan.FromSeconds(2),
        Description = "The wait before the second attempt of a job. "
            + "It doubles with each further attempt, and is shortened at random by up to half.",
    };

    /// <summary>
    /// The longest wait between two attempts. Default 00:10:00; range 00:00:00.0010000 to 1.00:00:00.
    /// </summary>
    public static readonly QueueSetting<TimeSpan> MaxRetryDelay = new(
        Key(nameof(MaxRetryDelay)), SettingValues.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)))
    {
        Default = TimeSpan.FromMinutes(10),
        Description = "The longest wait between two attempts. It also limits a Retry-After of the handler.",
    };

    /// <summary>Whether this node runs deferred jobs of the queue. Default true.</summary>
    public static readonly QueueSetting<bool> Run = new(Key(nameof(Run)), SettingValues.Switch())
    {
        Default = true,
        Description = "Whether this node runs deferred jobs of the queue. If not, it only accepts them.",
    };

    /// <summary>All settings in the order in which they are listed.</summary>
    public static IReadOnlyList<QueueSetting> All { get; } =
    [
        MaxWaiting, MaxBodySize, MaxResponseSize, MaxAttempts, MinShare, MaxAccepting, MaxPreferWait, MaxPreferWaiters,
        Retention, RetryDelay, MaxRetryDelay, Run,
    ];

    private static string Key(string name) => $"{Section}:{name}";
}
