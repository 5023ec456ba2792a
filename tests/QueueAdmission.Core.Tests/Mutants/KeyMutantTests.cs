using QueueAdmission.Engine;
using QueueAdmission.Fairness;

namespace QueueAdmission.Mutants;

/// <summary>Breaks each rule by which keys share the workers, and checks that a test finds it.</summary>
public sealed class KeyMutantTests
{
    [Fact]
    public Task Original_IsFoundInnocent() => Mutant.AssertInnocentAsync(
        "Fairness/KeyTurns.cs", "private double _lastTag;",
        typeof(KeyDebtTests), nameof(KeyDebtTests.Debt_OutlivesTheLastJobOfItsKey));

    [Fact]
    public Task DebtDroppedAtOnce() => AssertFoundAsync(
        "Fairness/KeyTurns.cs", "if (_isOn && flow.Tag > _virtualTime)", "if (_isOn && flow.Tag > double.MaxValue)",
        typeof(KeyDebtTests), nameof(KeyDebtTests.Debt_OutlivesTheLastJobOfItsKey));

    [Fact]
    public Task LargestDebtDroppedFirst() => AssertFoundAsync(
        "Fairness/KeyTurns.cs", "        if (_debts.First is { } flow)\n            ForgetDebt(flow);", """
                var all = new List<KeyFlow>();
                while (_debts.First is { } debt)
                {
                    _debts.Remove(debt);
                    all.Add(debt);
                }
                foreach (var debt in all)
                    _debts.Add(debt, debt.Tag);
                ForgetDebt(all[^1]);
        """,
        typeof(KeyDebtTests), nameof(KeyDebtTests.Debts_OfManyKeys_AreBoundedByPlacesAndWorkers_AndTheGreatestStays));

    [Fact]
    public Task SharesIgnored() => AssertFoundAsync(
        "Fairness/KeyAccount.cs", "private void UpdateShare() => Share = ",
        "private void UpdateShare() => Share = true ? 1 : ",
        typeof(KeySharesTests), nameof(KeySharesTests.Key_ThatIsNamed_HasItsShare));

    [Fact]
    public Task SharesOfSettingsForNewAccountsOnly() => AssertFoundAsync(
        "Fairness/KeyBook.cs", "foreach (var account in _accounts.Values)\n            ApplyShares(account);", "",
        typeof(KeySharesTests), nameof(KeySharesTests.Change_WhileJobsWait_AppliesToTheirKeys));

    [Fact]
    public Task NoIdleMoment() => AssertFoundAsync(
        "Fairness/KeyTurns.cs",
        "        _virtualTime = Math.Max(_virtualTime, _lastTag);\n"
        + "        _idle = new IdleMoment(_idle.Epoch + 1, now, _virtualTime);",
        "",
        typeof(KeyDebtTests), nameof(KeyDebtTests.Debt_IsForgottenWhenAWorkerIsIdle));

    [Fact]
    public Task NoBoundOnAccounts() => AssertFoundAsync(
        "Fairness/KeyDebts.cs", "while (book.Count > accounts", "while (book.Count > int.MaxValue",
        typeof(KeyDebtTests), nameof(KeyDebtTests.Debts_OfManyKeys_AreBoundedByPlacesAndWorkers_AndTheGreatestStays));

    [Fact]
    public Task NoRoomPerKey() => AssertFoundAsync(
        "Fairness/KeyPlaces.cs", "(_book.Find(job)?.Waiting ?? 0) < MaxPerKey",
        "(_book.Find(job)?.Waiting ?? 0) < int.MaxValue",
        typeof(KeyTests), nameof(KeyTests.Key_WithoutRoom_IsRefusedWhileOthersHaveRoom));

    [Fact]
    public Task NoRoomInAll() => AssertFoundAsync(
        "Fairness/KeyPlaces.cs", "HasRoom => Waiting < Max;", "HasRoom => Waiting < int.MaxValue;",
        typeof(KeyTests), nameof(KeyTests.Queue_ThatIsFullForEveryKey_SaysSo));

    [Fact]
    public Task NoReadmissionUnderTheLimitOfAKey() => AssertFoundAsync(
        "Fairness/KeyLimits.cs", "        job.CountedWorkers = 0;\n        Readmit(job.Account);",
        "        job.CountedWorkers = 0;",
        typeof(KeyTests), nameof(KeyTests.Waiters_OfAKeyAtItsLimit_KeepTheirOrder));

    [Fact]
    public Task WaiterAdmittedThatHasToBeRefused() => AssertFoundAsync(
        "Engine/AdmissionEngine.cs", "if (isRefused && !_conditions.IsPaused)", "",
        typeof(SectionTests), nameof(SectionTests.Worker_ThatIsFreeBetweenSections_GoesToTheOldestWaiterThatIsLeft),
        false);

    [Fact]
    public Task WalkThatStopsWhereAWaiterHasLeft() => AssertFoundAsync(
        "Engine/WaitingRoom.cs", "        if (waiter == _walk)\n            _walk = waiter.Younger;", "",
        typeof(SectionTests), nameof(SectionTests.Stop_WhoseNextWaiterLeavesBetweenSections_RefusesTheOthers));

    [Fact]
    public Task OneSectionForAll() => AssertFoundAsync(
        "Engine/Departures.cs", "MaxInSection { get; set; } = 1_000;", "MaxInSection { get; set; } = 1_000_000;",
        typeof(FlatTests), nameof(FlatTests.ManyWaiters_RefusedAtOnce_LeaveInShortSections), "expiry", true);

    private static Task AssertFoundAsync(
        string file, string rule, string broken, Type test, string method, params object[] arguments) =>
        Mutant.AssertFoundAsync(file, rule, broken, test, method, arguments);
}
