namespace QueueAdmission.Benchmarks.Questions;

/// <summary>The names of the peers, which are the same in all tables.</summary>
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
