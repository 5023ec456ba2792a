using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace QueueAdmission.Sqlite;

/// <summary>The checked settings of a <see cref="SqliteJobStore"/>.</summary>
internal sealed class SqliteJobSettings
{
    private const string Allowed =
        "allowed is a connection string with the path of a file, for example Data Source=/var/lib/shop/jobs.db";

    /// <exception cref="OptionsValidationException">The settings cannot work.</exception>
    public SqliteJobSettings(string? connectionString, SqliteJobStoreOptions options)
    {
        List<string> errors = [];
        var builder = Parse(connectionString, errors);
        if (builder is not null && ProblemOf(builder) is { } problem)
        {
            errors.Add($"UseSqlite, connection string: {problem}; {Allowed}.");
        }
        if (options.MinFreeDiskSpace < 0)
        {
            errors.Add(
                $"UseSqlite, {nameof(options.MinFreeDiskSpace)}: it is {options.MinFreeDiskSpace}; "
                + "allowed is a number of bytes from 0.");
        }
        if (options.LockTimeout < TimeSpan.Zero || options.LockTimeout > TimeSpan.FromSeconds(60))
        {
            errors.Add(
                $"UseSqlite, {nameof(options.LockTimeout)}: it is {options.LockTimeout}; allowed is 0 s to 60 s.");
        }
        if (errors.Count > 0)
        {
            throw new OptionsValidationException("UseSqlite", typeof(SqliteJobStoreOptions), errors);
        }
        Path = System.IO.Path.GetFullPath(builder!.DataSource);
        Password = builder.Password;
        MinFreeDiskSpace = options.MinFreeDiskSpace;
        LockTimeout = options.LockTimeout;
    }

    /// <summary>The path of the database file.</summary>
    public string Path { get; }

    /// <summary>The path of the file on which the process that runs jobs holds a lock.</summary>
    public string OwnerPath => Path + ".owner";

    /// <summary>
    /// The password of the file, for programs that use a build of SQLite with encryption. Empty if there is none.
    /// </summary>
    public string Password { get; }

    public long MinFreeDiskSpace { get; }

    public TimeSpan LockTimeout { get; }

    private static SqliteConnectionStringBuilder? Parse(string? connectionString, List<string> errors)
    {
        try
        {
            return new SqliteConnectionStringBuilder(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            // The message of the library may contain the whole connection string, and thus a password.
            errors.Add($"UseSqlite, connection string: it is malformed, or has an unknown keyword; {Allowed}.");
            return null;
        }
    }

    private static string? ProblemOf(SqliteConnectionStringBuilder builder)
    {
        var path = builder.DataSource;
        if (string.IsNullOrWhiteSpace(path))
        {
            return "it has no Data Source";
        }
        if (path.Contains(":memory:", StringComparison.OrdinalIgnoreCase) || builder.Mode == SqliteOpenMode.Memory)
        {
            return "it names a database in memory, which is lost when the process ends";
        }
        if (path.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || path.StartsWith('|'))
        {
            return $"its Data Source is '{path}', which is not a path";
        }
        if (path.Contains('\0', StringComparison.Ordinal) || System.IO.Path.EndsInDirectorySeparator(path))
        {
            return $"its Data Source is '{path}', which is not a file";
        }
        if (builder.Mode == SqliteOpenMode.ReadOnly)
        {
            return "its Mode is ReadOnly";
        }
        return builder.Cache == SqliteCacheMode.Shared
            ? "its Cache is Shared, with which readers block the writer"
            : null;
    }
}
