using QueueAdmission.Testing;

namespace QueueAdmission.Stores.Sqlite;

public sealed class SqliteJobContractTests : IDisposable
{
    private readonly JobFile _file = new();

    public static TheoryData<string> Names =>
        [.. new JobStoreContract(() => throw new NotSupportedException()).Checks.Select(check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Store_OnAFile_KeepsTheContract(string name) =>
        new JobStoreContract(() => _file.Open()).Checks.Single(check => check.Name == name).Run();

    public void Dispose() => _file.Dispose();
}
