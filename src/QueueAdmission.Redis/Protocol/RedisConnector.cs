using System.Text;

namespace QueueAdmission.Redis;

/// <summary>Finds the primary and logs in to it.</summary>
internal sealed class RedisConnector(RedisLeaseStoreOptions options)
{
    private RedisEndpoint? _lastSentinel;

    /// <summary>Opens a connection to the primary.</summary>
    /// <exception cref="RedisErrorException">A server answered with an error.</exception>
    /// <exception cref="LeaseStoreException">No server is usable, for example because it is a replica.</exception>
    /// <exception cref="Exception">No server could be reached.</exception>
    public RedisConnection OpenPrimary(RedisConnectionString settings)
    {
        if (settings.ServiceName is not null)
        {
            return OpenLoggedIn(FindBySentinel(settings, settings.ServiceName), settings);
        }
        return FirstOf(settings.Endpoints, endpoint =>
        {
            var connection = OpenLoggedIn(endpoint, settings);
            if (settings.Endpoints.Count == 1 || IsPrimary(connection))
            {
                return connection;
            }
            connection.Dispose();
            throw new LeaseStoreException(LeaseStoreProblem.Unusable, $"Redis at {endpoint} is a replica.");
        });
    }

    private RedisConnection OpenLoggedIn(RedisEndpoint endpoint, RedisConnectionString settings)
    {
        var connection = Open(endpoint, settings);
        try
        {
            if (settings.Password is not null || settings.User is not null)
            {
                connection.Call(Authentication(settings));
            }
            if (settings.Database != 0)
            {
                connection.Call(new RespCommand("SELECT").Add(settings.Database));
            }
            if (settings.ClientName is { } name)
            {
                CallLeniently(
                    connection,
                    new RespCommand("CLIENT", "SETNAME", string.Concat(name.Where(c => c is > ' ' and < '\x7f'))));
            }
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Asks the Sentinels in turn, starting with the Sentinel that answered last time.</summary>
    private RedisEndpoint FindBySentinel(RedisConnectionString settings, string serviceName) =>
        FirstOf([.. settings.Endpoints.OrderByDescending(endpoint => endpoint == _lastSentinel)], endpoint =>
        {
            using var sentinel = Open(endpoint, settings);
            if (settings.Password is not null || settings.User is not null)
            {
                // A Sentinel often has no password even if the servers have one. If this Sentinel needs one, the query
                // below fails.
                CallLeniently(sentinel, Authentication(settings));
            }
            var answer = sentinel.Call(new RespCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", serviceName));
            if (answer is object?[] { Length: 2 } address
                && address[0] is byte[] host
                && address[1] is byte[] port
                && int.TryParse(Encoding.UTF8.GetString(port), out var number))
            {
                _lastSentinel = endpoint;
                return new RedisEndpoint(Encoding.UTF8.GetString(host), number);
            }
            throw new LeaseStoreException(
                LeaseStoreProblem.Unusable,
                $"The Sentinel at {endpoint} knows no primary with the serviceName '{serviceName}'.");
        });

    private static bool IsPrimary(RedisConnection connection) =>
        connection.Call(new RespCommand("INFO", "replication")) is byte[] text
        && Encoding.UTF8.GetString(text).Contains("role:master", StringComparison.Ordinal);

    private static RespCommand Authentication(RedisConnectionString settings) =>
        settings.User is null
            ? new RespCommand("AUTH", settings.Password ?? "")
            : new RespCommand("AUTH", settings.User, settings.Password ?? "");

    private static void CallLeniently(RedisConnection connection, RespCommand command)
    {
        try
        {
            connection.Call(command);
        }
        catch (RedisErrorException)
        {
            // The connection is usable even if this command fails.
        }
    }

    /// <summary>
    /// Returns the result of the first endpoint that does not fail. If all fail, throws one failure: preferably an
    /// error that a server returned, then an unusable server, and last a server that did not answer.
    /// </summary>
    private static T FirstOf<T>(IReadOnlyList<RedisEndpoint> endpoints, Func<RedisEndpoint, T> use)
    {
        Exception? failure = null;
        foreach (var endpoint in endpoints)
        {
            try
            {
                return use(endpoint);
            }
            catch (Exception exception)
            {
                failure = failure is RedisErrorException ? failure : failure is LeaseStoreException
                    && exception is not RedisErrorException ? failure : exception;
            }
        }
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure!);
        return default;
    }

    private RedisConnection Open(RedisEndpoint endpoint, RedisConnectionString settings)
    {
        try
        {
            return RedisConnection.Open(endpoint, settings, options);
        }
        catch (System.Security.Authentication.AuthenticationException exception)
        {
            throw new LeaseStoreException(
                LeaseStoreProblem.Unusable,
                $"TLS with Redis at {endpoint} failed: {exception.Message}",
                exception);
        }
        catch (Exception exception) when (exception is not LeaseStoreException)
        {
            throw new IOException($"{endpoint}: {exception.Message}", exception);
        }
    }
}
