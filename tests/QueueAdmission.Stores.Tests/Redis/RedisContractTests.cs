using QueueAdmission.Stores.Servers;
using QueueAdmission.Testing;

namespace QueueAdmission.Stores.Redis;

public sealed class RedisContractTests(RedisContractTests.Server server) : IClassFixture<RedisContractTests.Server>
{
    public static TheoryData<string> Names =>
        [.. new LeaseStoreContract(() => throw new NotSupportedException(), () => throw new NotSupportedException())
            .Checks.Select(check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Store_OnRedis_KeepsTheContract(string name)
    {
        var address = server.Address;
        var contract = new LeaseStoreContract(
            () => RedisStores.Open(address), () => RedisStores.Open($"127.0.0.1:{Ports.FindFree()}"));
        contract.Checks.Single(check => check.Name == name).Run();
    }

    public sealed class Server : IDisposable
    {
        private RedisServer? _server;

        /// <summary>
        /// The address of the server, which is started at the first use. A missing program then skips the test instead
        /// of failing the class.
        /// </summary>
        public string Address => (_server ??= RedisServer.Start()).Address;

        public void Dispose() => _server?.Dispose();
    }
}
