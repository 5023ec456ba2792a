namespace QueueAdmission.Sqlite;

/// <summary>The exception for a file to which a second host writes.</summary>
internal sealed class ForeignHostException(string path)
    : Exception($"SQLite: another host uses {path} as well. Processes of several hosts need a store with a server.");
