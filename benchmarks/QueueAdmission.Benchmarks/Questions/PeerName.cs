namespace QueueAdmission.Benchmarks.Questions;

/// <summary>The peers' names, the same in every table.</summary>
internal static class PeerName
{
    public const string None = "no middleware";
    public const string Floor = "the floor";
    public const string Ours = "QueueAdmission";
    public const string Listened = "QueueAdmission, metrics listened to";
    public const string Semaphore = "SemaphoreSlim";
    public const string Concurrency = "ConcurrencyLimiter";
    public const string Partitioned = "PartitionedRateLimiter";
    public const string RateLimiter = "UseRateLimiter";
    public const string GlobalLimiter = "UseRateLimiter, partitioned";
    public const string Polly = "Polly";
    public const string Channel = "Channel + loops";
    public const string EasyQueue = "easyqueue";
}
