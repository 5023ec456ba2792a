using QueueAdmission.Sqlite;
using QueueAdmission.Testing;

namespace QueueAdmission.Stores.Sqlite;

public sealed class SqliteContractTests : IDisposable
{
    private readonly LeaseFile _file = new();

    public static TheoryData<string> Names =>
        [.. new LeaseStoreContract(() => throw new NotSupportedException()).Checks.Select(check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Store_OnAFile_KeepsTheContract(string name) =>
        new LeaseStoreContract(() => new SqliteLeaseStore(_file.Path, Host.This))
            .Checks.Single(check => check.Name == name).Run();

    public void Dispose() => _file.Dispose();
}
