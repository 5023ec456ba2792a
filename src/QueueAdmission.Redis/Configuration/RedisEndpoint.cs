namespace QueueAdmission.Redis;

/// <summary>The host and port at which a server listens.</summary>
internal readonly record struct RedisEndpoint(string Host, int Port)
{
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
