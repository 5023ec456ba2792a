namespace QueueAdmission.Redis;

/// <summary>The exception for an error that the server returned. The message is the server's text.</summary>
internal sealed class RedisErrorException(string message) : Exception(message)
{
    /// <summary>The problem that the error means for a lease store.</summary>
    /// <remarks>
    /// Servers before version 7 put the code of an error inside a script in the middle of the text. The whole text is
    /// therefore searched for codes.
    /// </remarks>
    public LeaseStoreProblem Problem => true switch
    {
        _ when Has("WRONGPASS") || Has("NOAUTH") || Has("NOPERM") || Has("AUTH ") || Has("invalid password")
            || Has("ACL failure") || Has("user executing the script") =>
            LeaseStoreProblem.AccessDenied,
        _ when Has("LOADING") || Has("BUSY") || Has("TRYAGAIN") || Has("CLUSTERDOWN") || Has("max number of clients") =>
            LeaseStoreProblem.Unreachable,
        _ => LeaseStoreProblem.Unusable,
    };

    private bool Has(string code) => Message.Contains(code, StringComparison.Ordinal);
}
