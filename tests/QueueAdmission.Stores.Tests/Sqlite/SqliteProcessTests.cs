using System.Globalization;
using System.Text;
using QueueAdmission.Sqlite;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Sqlite;

/// <summary>Tests several processes on one lease file.</summary>
public sealed class SqliteProcessTests
{
    private const string PathVariable = "QUEUEADMISSION_LEASE_FILE";
    private const int WritesEach = 200;

    private static readonly LeaseStoreKey Key = new("processes", "checkout");

    [Fact]
    public void Write_TwoProcesses_LoseNoWriteAndSeeOneIdentity()
    {
        using var file = new LeaseFile();
        using var store = new SqliteLeaseStore(file.Path, Host.This);
        var identity = store.Read(Key).Identity;

        using var one = StartWriter(file.Path);
        using var other = StartWriter(file.Path);
        Eventually.True(
            () => one.HasExited && other.HasExited, () => $"A writer does not end: {one.Output} {other.Output}");

        Assert.True(one.ExitCode == 0, one.Output);
        Assert.True(other.ExitCode == 0, other.Output);
        var reading = store.Read(Key);
        Assert.Equal($"{2 * WritesEach}", Encoding.UTF8.GetString(reading.Document.Span));
        Assert.Equal(identity, reading.Identity);
    }

    [Fact]
    public void Read_AProcessIsKilledWhileItWrites_GoesOn()
    {
        using var file = new LeaseFile();
        using var store = new SqliteLeaseStore(file.Path, Host.This);
        using var writer = StartWriter(file.Path);
        Eventually.True(() => store.Read(Key).Version is not null, () => $"The writer writes nothing: {writer.Output}");

        writer.Kill();

        var before = store.Read(Key);
        Assert.True(store.TryWrite(Key, before, Documents.NewWrite("after.1"), out _));
        Assert.Equal(before.Identity, store.Read(Key).Identity);
    }

    /// <summary>The program of the other processes. A normal test run does not execute it.</summary>
    [Fact(Explicit = true)]
    public void Writer()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable);
        Assert.NotNull(path);
        using var store = new SqliteLeaseStore(path, Host.This);
        var reading = store.Read(Key);
        for (var i = 0; i < WritesEach;)
        {
            var count = reading.Version is null
                ? 0
                : int.Parse(Encoding.UTF8.GetString(reading.Document.Span), CultureInfo.InvariantCulture);
            var write = new LeaseStoreWrite
            {
                Version = Guid.NewGuid().ToString("N"),
                Document = Encoding.UTF8.GetBytes((count + 1).ToString(CultureInfo.InvariantCulture)),
                KeepFor = TimeSpan.FromMinutes(1),
            };
            if (store.TryWrite(Key, reading, write, out var current))
            {
                i++;
                current = store.Read(Key);
            }
            reading = current;
        }
    }

    private static ServerProcess StartWriter(string path) => ServerProcess.Start(
        "env",
        $"{PathVariable}={path}",
        Path.Combine(
            AppContext.BaseDirectory, Path.GetFileNameWithoutExtension(typeof(SqliteProcessTests).Assembly.Location)),
        "-explicit",
        "only",
        "-method",
        $"{typeof(SqliteProcessTests).FullName}.{nameof(Writer)}");
}
