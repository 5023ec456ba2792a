namespace QueueAdmission.Stores.Sqlite;

/// <summary>A file of job ids. Ids that have been written survive <c>kill -9</c>.</summary>
internal sealed class IdLog(string path) : IDisposable
{
    private readonly FileStream _file = new(
        path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public void Add(IEnumerable<Guid> ids) => _file.Write(ids.SelectMany(id => id.ToByteArray()).ToArray());

    /// <summary>Reads the ids in the files of all processes.</summary>
    public static List<Guid> Read(string folder, string pattern) =>
        [.. Directory.GetFiles(folder, pattern).SelectMany(file => File.ReadAllBytes(file).Chunk(16))
            .Where(id => id.Length == 16).Select(id => new Guid(id))];

    public void Dispose() => _file.Dispose();
}
