using QueueAdmission.Testing;

namespace QueueAdmission.Stores.InMemory;

public sealed class InMemoryJobContractTests
{
    private static readonly InMemoryJobStore Server = new();

    public static TheoryData<string> Names => [.. NewContract(Server).Checks.Select(check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Store_InMemory_KeepsTheContract(string name) =>
        NewContract(Server).Checks.Single(check => check.Name == name).Run();

    private static JobStoreContract NewContract(InMemoryJobStore server) => new(server.Open, OpenUnreachable);

    private static IJobStore OpenUnreachable()
    {
        var server = new InMemoryJobStore();
        server.GoAway();
        return server.Open();
    }
}
