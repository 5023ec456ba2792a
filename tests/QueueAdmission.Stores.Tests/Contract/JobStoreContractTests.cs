using QueueAdmission.Testing;

namespace QueueAdmission.Stores.Contract;

/// <summary>Tests that each check of the contract detects a store that violates it.</summary>
public sealed class JobStoreContractTests
{
    public static TheoryData<string> Names =>
        [.. Checks(() => throw new NotSupportedException()).Select(check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_StoreViolatesIt_Throws(string name)
    {
        Assert.True(
            JobStoreMutants.ByCheck.TryGetValue(name, out var mutant),
            "There is no mutant that the check has to find.");
        var check = Checks(mutant()).Single(check => check.Name == name);

        Assert.Throws<ContractViolationException>(check.Run);
    }

    [Fact]
    public void Mutants_All_BelongToAnExistingCheck() =>
        Assert.Equal(Names.Select(row => row.Data).Order(), JobStoreMutants.ByCheck.Keys.Order());

    private static IReadOnlyList<JobStoreCheck> Checks(Func<IJobStore> open) => new JobStoreContract(open, open).Checks;
}
