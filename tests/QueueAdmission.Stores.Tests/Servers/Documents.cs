namespace QueueAdmission.Stores.Servers;

/// <summary>Creates the keys and writes that tests use.</summary>
internal static class Documents
{
    public static LeaseStoreKey NewKey() => new("test-" + Guid.NewGuid().ToString("N"), "checkout");

    public static LeaseStoreWrite NewWrite(string version, string? signal = null) =>
        new() { Version = version, Document = "{}"u8.ToArray(), KeepFor = TimeSpan.FromMinutes(10), Signal = signal };

    public static bool Write(this ILeaseStore store, LeaseStoreKey key, string version, string? signal = null) =>
        store.TryWrite(key, store.Read(key), NewWrite(version, signal), out _);
}
