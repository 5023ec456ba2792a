using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission.Sqlite;

namespace QueueAdmission.Stores.Sqlite;

/// <summary>The path of a job file in a separate temporary folder.</summary>
internal sealed class JobFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("queueadmission-jobs").FullName;

    public string Path => System.IO.Path.Combine(_folder, "jobs.db");

    public static SqliteJobStore Open(
        string path,
        Action<SqliteJobStoreOptions>? configure = null,
        Host? host = null,
        IReadOnlyList<string>? steps = null)
    {
        var options = new SqliteJobStoreOptions { MinFreeDiskSpace = 0 };
        configure?.Invoke(options);
        return new SqliteJobStore(
            new SqliteJobSettings($"Data Source={path}", options), host ?? Host.This, NullLogger.Instance, steps);
    }

    public SqliteJobStore Open(
        Action<SqliteJobStoreOptions>? configure = null, Host? host = null, IReadOnlyList<string>? steps = null) =>
        Open(Path, configure, host, steps);

    /// <summary>Deletes the file and its companion files, as an operator might.</summary>
    public void Delete()
    {
        foreach (var file in Directory.GetFiles(_folder))
        {
            File.Delete(file);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
