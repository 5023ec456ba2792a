using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Redis;

/// <summary>A lease store in Redis. It implements the protocol without a client library.</summary>
/// <remarks>
/// <para>Renewals must work while the thread pool is starved. Of 12 calls from a dedicated thread under a starved pool,
/// StackExchange.Redis 3.4.35 answered none. FreeRedis 1.5.5 answered 12 on an open connection, and none if it had to
/// connect. A lost connection would therefore cost all leases until the pool recovers. In addition, FreeRedis checks
/// certificates against the address and sends no server name in TLS.</para>
/// <para>Here every step is a blocking call on a dedicated thread, see <see cref="PolledStream"/>.</para>
/// </remarks>
internal sealed class RedisLeaseStore : ILeaseStore
{
    private readonly Lock _gate = new();
    private readonly Func<string?> _connectionString;
    private readonly RedisLeaseStoreOptions _options;
    private readonly ILogger _logger;
    private readonly BackgroundOpenerPair _openers;
    private volatile RedisConnection? _connection;
    private volatile RedisConnection? _listening;
    private volatile bool _isDisposed;
    private volatile string _target;
    private string? _warnedOf;
    private bool _toldOfPublish;

    /// <param name="connectionString">Called now to check it, and again for each connection.</param>
    /// <param name="options">The settings, which must not change from now on.</param>
    /// <param name="logger">The logger for warnings about the server.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting cannot work.</exception>
    public RedisLeaseStore(Func<string?> connectionString, RedisLeaseStoreOptions options, ILogger logger)
    {
        _connectionString = connectionString;
        _options = options;
        _logger = logger;
        _target = RedisSettingsCheck.Run(connectionString(), options).Target;
        // One connector for each thread, because a connector remembers the Sentinel that answered last.
        var (calls, signals) = (new RedisConnector(options), new RedisConnector(options));
        _openers = new BackgroundOpenerPair(() => OpenForCalls(calls), () => signals.OpenPrimary(Settings()));
    }

    public string Name => "redis";

    public bool HasSignals => true;

    public LeaseStoreReading Read(LeaseStoreKey key)
    {
        var answer = Run(connection => connection.Call(new RespCommand("EVAL", RedisScripts.Read, "1", KeyOf(key))));
        return Reading(answer);
    }

    public bool TryWrite(
        LeaseStoreKey key,
        LeaseStoreReading expected,
        LeaseStoreWrite write,
        [NotNullWhen(false)] out LeaseStoreReading? current)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(write);
        var answer = Run(connection =>
        {
            var channel = ChannelOf(connection.Settings, key.Cluster);
            var result = connection.Call(new RespCommand("EVAL", RedisScripts.Write, "1", KeyOf(key))
                .Add(expected.Version ?? "")
                .Add(expected.Identity)
                .Add(write.Version)
                .Add(write.Document.Span)
                .Add(Math.Max(1, (long)write.KeepFor.TotalMilliseconds))
                .Add(write.Signal is null ? "" : channel)
                .Add($"{key.Queue} {write.Signal}"));
            if (result is not long outcome)
            {
                return result;
            }
            if (outcome == 2 && !_toldOfPublish)
            {
                _toldOfPublish = true;
                RedisLog.MayNotPublish(_logger, connection.Endpoint.ToString(), channel);
            }
            WaitForReplicas(connection);
            return null;
        });
        current = answer is null ? null : Reading(answer);
        return current is null;
    }

    public void Listen(string cluster, Action<LeaseStoreSignal> onSignal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(onSignal);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        try
        {
            using var connection = _openers.Signals.Open(_options.CallTimeout);
            // The callback runs on the thread that cancels, so no thread of the pool is needed.
            using var ending = cancellationToken.Register(connection.Dispose);
            _listening = connection;
            if (_isDisposed || (_connection is { } calls && calls.Endpoint != connection.Endpoint))
            {
                connection.Dispose();
            }
            Hear(connection, ChannelOf(connection.Settings, cluster), onSignal);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Cancellation closed the connection to end this call.
        }
        catch (Exception exception)
        {
            throw Translated(exception);
        }
        finally
        {
            _listening = null;
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _openers.Dispose();
        _connection?.Dispose();
        _listening?.Dispose();
    }

    private static string KeyOf(LeaseStoreKey key) => $"queueadmission:leases:{key.Cluster}:{key.Queue}";

    /// <summary>
    /// Returns the name of the channel. Redis shares channels between databases, so the name contains the database.
    /// </summary>
    private static string ChannelOf(RedisConnectionString settings, string cluster) =>
        $"{settings.ChannelPrefix}queueadmission:signals:{settings.Database}:{cluster}";

    private static void Hear(RedisConnection connection, string channel, Action<LeaseStoreSignal> onSignal)
    {
        connection.Call(new RespCommand("SUBSCRIBE", channel));
        connection.WaitForEver();
        onSignal(LeaseStoreSignal.Connected);
        while (true)
        {
            if (connection.Receive() is object?[] { Length: 3 } message
                && message[0] is byte[] kind
                && kind.AsSpan().SequenceEqual("message"u8)
                && message[2] is byte[] payload)
            {
                var text = Encoding.UTF8.GetString(payload);
                var space = text.IndexOf(' ', StringComparison.Ordinal);
                onSignal(
                    space < 0 ? LeaseStoreSignal.Connected : new LeaseStoreSignal(text[..space], text[(space + 1)..]));
            }
        }
    }

    /// <summary>Runs a call on the connection, and opens a connection first if none is open.</summary>
    /// <remarks>After any failure the connection is closed, because its server may no longer be the primary.</remarks>
    private object? Run(Func<RedisConnection, object?> call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                return call(_connection ??= Open());
            }
            catch (Exception exception)
            {
                _connection?.Dispose();
                _connection = null;
                throw Translated(exception);
            }
        }
    }

    private RedisConnection Open()
    {
        var connection = _openers.Calls.Open(_options.CallTimeout);
        if (_listening is { } listening && listening.Endpoint != connection.Endpoint)
        {
            // After a failover the new primary publishes the signals. Listening again connects to that server.
            listening.Dispose();
        }
        return connection;
    }

    /// <summary>Opens the connection for calls. Runs on the thread of the opener.</summary>
    private RedisConnection OpenForCalls(RedisConnector connector)
    {
        var connection = connector.OpenPrimary(Settings());
        try
        {
            WarnOfEviction(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private RedisConnectionString Settings()
    {
        var settings = RedisConnectionStringParser.Parse(_connectionString(), out var errors)
            ?? throw new LeaseStoreException(
                LeaseStoreProblem.Unusable,
                $"The connection string of Redis was changed and cannot be used: {string.Join("; ", errors)}.");
        _target = settings.Target;
        return settings;
    }

    private void WarnOfEviction(RedisConnection connection)
    {
        if (connection.Call(new RespCommand("INFO", "memory")) is not byte[] text)
        {
            return;
        }
        const string name = "maxmemory_policy:";
        var policy = Encoding.UTF8.GetString(text)
            .Split('\n', StringSplitOptions.TrimEntries)
            .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
        if (policy is null or "noeviction")
        {
            _warnedOf = null;
        }
        else if (_warnedOf != $"{connection.Endpoint} {policy}")
        {
            _warnedOf = $"{connection.Endpoint} {policy}";
            RedisLog.MayEvict(_logger, connection.Endpoint.ToString(), policy);
        }
    }

    private void WaitForReplicas(RedisConnection connection)
    {
        if (_options.ConfirmingReplicas == 0)
        {
            return;
        }
        // A little less than the time limit of the call, so that the answer still arrives in time.
        var confirmed = connection.Call(new RespCommand("WAIT")
            .Add(_options.ConfirmingReplicas)
            .Add(Math.Max(1, (long)(_options.CallTimeout.TotalMilliseconds * 0.8))));
        if (confirmed is not long count || count < _options.ConfirmingReplicas)
        {
            throw new LeaseStoreException(
                LeaseStoreProblem.Unusable,
                $"{confirmed ?? 0} replicas of Redis at {connection.Endpoint} confirmed a write; "
                + $"ConfirmingReplicas is {_options.ConfirmingReplicas}.");
        }
    }

    private static LeaseStoreReading Reading(object? answer)
    {
        if (answer is not object?[] { Length: >= 2 } parts
            || parts[0] is not byte[] identity
            || parts[1] is not byte[] time
            || !long.TryParse(
                Encoding.ASCII.GetString(time), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds))
        {
            throw new LeaseStoreException(LeaseStoreProblem.Unusable, "Redis returned an unexpected script result.");
        }
        var version = parts.Length > 2 ? parts[2] as byte[] : null;
        return new LeaseStoreReading
        {
            Identity = Encoding.ASCII.GetString(identity),
            Time = new TimeSpan(microseconds * TimeSpan.TicksPerMicrosecond),
            Version = version is null ? null : Encoding.ASCII.GetString(version),
            Document = version is not null && parts.Length > 3 ? parts[3] as byte[] ?? [] : [],
        };
    }

    private Exception Translated(Exception exception)
    {
        if (_isDisposed)
        {
            return new ObjectDisposedException(GetType().Name);
        }
        return exception switch
        {
            LeaseStoreException => exception,
            RedisErrorException error =>
                new LeaseStoreException(error.Problem, $"Redis at {_target} refuses: {error.Message}", error),
            _ => new LeaseStoreException(
                LeaseStoreProblem.Unreachable, $"Redis at {_target} does not answer: {exception.Message}", exception),
        };
    }

    /// <summary>
    /// One opener for calls and one for signals, so that the two threads do not wait for each other.
    /// </summary>
    private sealed class BackgroundOpenerPair(Func<RedisConnection> calls, Func<RedisConnection> signals) : IDisposable
    {
        public Stores.BackgroundOpener<RedisConnection> Calls { get; } = new("QueueAdmission Redis", calls);

        public Stores.BackgroundOpener<RedisConnection> Signals { get; } = new("QueueAdmission Redis signals", signals);

        public void Dispose()
        {
            Calls.Dispose();
            Signals.Dispose();
        }
    }
}
