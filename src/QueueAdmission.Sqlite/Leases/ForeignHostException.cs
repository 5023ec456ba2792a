namespace QueueAdmission.Sqlite;

/// <summary>A second host writes to the file.</summary>
internal sealed class ForeignHostException(string path)
    : Exception($"SQLite: another host uses {path} as well. Processes of several hosts need a store with a server.");
