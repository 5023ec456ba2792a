using QueueAdmission.Testing;

namespace QueueAdmission.Stores.PostgreSql;

public sealed class PostgreSqlContractTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    public static TheoryData<string> Names =>
        [.. new LeaseStoreContract(() => throw new NotSupportedException(), () => throw new NotSupportedException())
            .Checks.Select(check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Store_OnPostgreSql_KeepsTheContract(string name)
    {
        var connectionString = shared.Server.ConnectionString;
        var contract = new LeaseStoreContract(
            () => PostgreSqlStores.Open(connectionString),
            () => PostgreSqlStores.Open($"Host=127.0.0.1;Port={Ports.FindFree()};Username=x;Password=x"));
        contract.Checks.Single(check => check.Name == name).Run();
    }
}
