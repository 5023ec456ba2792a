namespace QueueAdmission.Stores.Sqlite;

/// <summary>The path of a lease file in a separate temporary folder.</summary>
internal sealed class LeaseFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("queueadmission-sqlite").FullName;

    public string Path => System.IO.Path.Combine(_folder, "leases.db");

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
