using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>Opens connections to the primary, and reads the connection string each time.</summary>
internal sealed class PostgreSqlSource(Func<string?> connectionString, TimeSpan callTimeout) : IDisposable
{
    private readonly Lock _gate = new();
    private volatile string _target = "?";
    private (string ConnectionString, NpgsqlDataSource Source)? _current;
    private bool _isDisposed;

    /// <summary>The hosts as text for messages.</summary>
    public string Target => _target;

    public NpgsqlConnection Open()
    {
        var settings = PostgreSqlSettings.Parse(connectionString(), callTimeout, out var error)
            ?? throw new MalformedConnectionStringException(error!);
        _target = settings.Host!;
        var source = SourceFor(settings);
        var connection = source is NpgsqlMultiHostDataSource hosts
            ? hosts.CreateConnection(TargetSessionAttributes.ReadWrite)
            : source.CreateConnection();
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _current?.Source.Dispose();
            _current = null;
        }
    }

    private NpgsqlDataSource SourceFor(NpgsqlConnectionStringBuilder settings)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_current is { } current && current.ConnectionString == settings.ConnectionString)
            {
                return current.Source;
            }
            var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
            builder.EnableTransportSecurity();
            builder.EnableIntegratedSecurity();
            builder.EnableArrays();
            // Only built-in types are used, so connecting need not query the catalog.
            builder.ConfigureTypeLoading(loading => loading.EnableTypeLoading(false));
            NpgsqlDataSource source = settings.Host!.Contains(',', StringComparison.Ordinal)
                ? builder.BuildMultiHost()
                : builder.Build();
            _current?.Source.Dispose();
            _current = (settings.ConnectionString, source);
            return source;
        }
    }
}
