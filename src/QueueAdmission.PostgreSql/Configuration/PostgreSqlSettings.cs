using Microsoft.Extensions.Options;
using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>Parses the connection string, and reports settings that can never work.</summary>
internal static class PostgreSqlSettings
{
    private static readonly string[] PasswordKeys = ["password", "pwd", "psw"];

    /// <exception cref="OptionsValidationException">
    /// Settings can never work. The exception lists all of them.
    /// </exception>
    public static void Check(string? connectionString, PostgreSqlLeaseStoreOptions options) =>
        Check(
            connectionString,
            options.CallTimeout,
            TimeSpan.FromSeconds(10),
            options.Schema,
            typeof(PostgreSqlLeaseStoreOptions));

    /// <exception cref="OptionsValidationException">
    /// Settings can never work. The exception lists all of them.
    /// </exception>
    public static void Check(string? connectionString, PostgreSqlJobStoreOptions options) =>
        Check(
            connectionString,
            options.CallTimeout,
            TimeSpan.FromSeconds(60),
            options.Schema,
            typeof(PostgreSqlJobStoreOptions));

    private static void Check(
        string? connectionString, TimeSpan callTimeout, TimeSpan longest, string? name, Type options)
    {
        List<string> failures = [];
        if (Parse(connectionString, callTimeout, out var error) is null)
        {
            failures.Add($"UsePostgreSql, connection string: {error}.");
        }
        if (callTimeout < TimeSpan.FromSeconds(1) || callTimeout > longest
            || callTimeout.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            failures.Add(
                $"UsePostgreSql, CallTimeout: it is {callTimeout}; "
                + $"allowed is 00:00:01 to {longest}, in whole seconds.");
        }
        if (name is not { Length: >= 1 and <= 63 } schema
            || char.IsAsciiDigit(schema[0])
            || !schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
        {
            failures.Add(
                $"UsePostgreSql, Schema: it is '{name}'; "
                + "allowed are 1 to 63 characters of a-z, 0-9 and _, not beginning with a digit.");
        }
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(options.Name, options, failures);
        }
    }

    /// <summary>Parses a connection string, and sets the options that the store needs.</summary>
    /// <returns>The options, or null if the connection string is invalid.</returns>
    public static NpgsqlConnectionStringBuilder? Parse(string? text, TimeSpan callTimeout, out string? error)
    {
        const string example = "for example \"Host=db.example.com;Database=shop;Username=shop;Password=…\"";
        error = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            error = $"it is empty; write {example}";
            return null;
        }
        if (text.Contains("://", StringComparison.Ordinal) && !text.Contains('=', StringComparison.Ordinal))
        {
            error = $"it is a URL; write {example}";
            return null;
        }
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrWhiteSpace(builder.Host))
            {
                error = $"it names no Host; write {example}";
                return null;
            }
            var seconds = (int)callTimeout.TotalSeconds;
            // A store keeps and reopens its connections itself. A pool would only hide broken connections.
            builder.Pooling = false;
            builder.Multiplexing = false;
            builder.Enlist = false;
            builder.Timeout = seconds;
            builder.CommandTimeout = seconds;
            // A call that times out closes its connection at once. Cancelling the call would need another connection.
            builder.CancellationTimeout = -1;
            // With several hosts, each attempt looks for the primary. By default, Npgsql caches roles for 10 s.
            builder.HostRecheckSeconds = 0;
            builder.TargetSessionAttributes = null;
            // Keep-alive detects a vanished peer, even on the connection that only listens.
            builder.TcpKeepAlive = true;
            builder.TcpKeepAliveTime = 5;
            builder.TcpKeepAliveInterval = 2;
            return builder;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException
            or InvalidOperationException or KeyNotFoundException or NotSupportedException)
        {
            // The message may quote the text after the password, and that text may be part of the password.
            var hasPassword = PasswordKeys.Any(key => text.Contains(key, StringComparison.OrdinalIgnoreCase));
            error = hasPassword
                ? $"it cannot be read; a value with a semicolon must be in quotes; write {example}"
                : $"it cannot be read: {exception.Message.TrimEnd('.')}; write {example}";
            return null;
        }
    }
}
