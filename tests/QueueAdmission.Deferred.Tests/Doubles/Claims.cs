namespace QueueAdmission.Deferred.Doubles;

internal static class Claims
{
    /// <summary>Returns the first claim of a job.</summary>
    public static ClaimedJob Of(Guid id) => new()
    {
        Id = id,
        Queue = "posts",
        Route = "POST /posts",
        Payload = [],
        AcceptedAt = default,
        Attempt = 1,
        Claim = 1,
    };
}
