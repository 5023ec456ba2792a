using QueueAdmission.Background;

namespace QueueAdmission.Mutants;

/// <summary>Breaks each rule of background jobs, and checks that a test finds it.</summary>
public sealed class BackgroundMutantTests
{
    private const string Share = "Background/BackgroundShare.cs";
    private const string Line = "Background/BackgroundLine.cs";

    [Fact]
    public Task Original_IsFoundInnocent() =>
        Mutant.AssertInnocentAsync(
            Line,
            "private double _minShare;",
            typeof(BackgroundTests),
            nameof(BackgroundTests.HeavyJob_ThatIsDue_HasWorkersSavedForIt));

    [Fact]
    public Task ShareDueWithoutCredit() => FindAsync(
        Share, "_credit > 0 && inUse < _rate", "inUse < _rate", typeof(BackgroundShareTests),
        nameof(BackgroundShareTests.Credit_ShrinksByWhatBackgroundJobsHold));

    [Fact]
    public Task AllWorkersForSavedCredit() => FindAsync(
        Share, "_credit > 0 && inUse < _rate", "_credit > 0", typeof(BackgroundShareTests),
        nameof(BackgroundShareTests.Share_ThatIsHeld_IsNotDueHoweverGreatTheCredit));

    [Fact]
    public Task ChargeForFreeWorkers() => FindAsync(
        Share, "(_isContended ? _inUse : 0)", "_inUse", typeof(BackgroundShareTests),
        nameof(BackgroundShareTests.Use_WhileNoLiveJobWaits_CostsNothing));

    [Fact]
    public Task CreditWithoutAJobThatWaits() => FindAsync(
        Share, "(_isContended && _isClaimed)", "_isContended", typeof(BackgroundShareTests),
        nameof(BackgroundShareTests.Time_WhileNoBackgroundJobWaits_EarnsNothing));

    [Fact]
    public Task CreditForTimeAlone() => FindAsync(
        Share, "Math.Min(_credit + change, Math.Max(0, _credit))", "_credit + change", typeof(BackgroundShareTests),
        nameof(BackgroundShareTests.Time_RepaysADebt_AndNoMore));

    [Fact]
    public Task DebtForEver() => FindAsync(
        Share, "Math.Min(_credit + change, Math.Max(0, _credit))", "_credit", typeof(BackgroundShareTests),
        nameof(BackgroundShareTests.Time_RepaysADebt_AndNoMore));

    [Fact]
    public Task CreditKept() => FindAsync(
        Share, "            _credit = Math.Min(0, _credit);\n", "            _ = 0;\n", typeof(BackgroundShareTests),
        nameof(BackgroundShareTests.Credit_WhenNoBackgroundJobIsLeft_IsLost));

    [Theory]
    [InlineData("-_rate * MaxDebtSeconds * ticksPerSecond", "double.MinValue")]
    [InlineData("_rate * MaxClaimSeconds * ticksPerSecond)", "double.MaxValue)")]
    public Task NoBound(string rule, string broken) =>
        FindAsync(
            Share, rule, broken, typeof(BackgroundShareTests), nameof(BackgroundShareTests.Credit_IsBoundedBothWays));

    [Fact]
    public Task NothingSaved() => FindAsync(
        Line, "IsDue && WorkersForFirst > slots.Free ?", "false && WorkersForFirst > slots.Free ?",
        typeof(BackgroundTests), nameof(BackgroundTests.HeavyJob_ThatIsDue_HasWorkersSavedForIt));

    [Fact]
    public Task WorkersTakenThatAreSavedForLiveJobs() => FindAsync(
        Line, "(IsDue || !room.Lines.HasReadyWaiter)", "true",
        typeof(BackgroundTests), nameof(BackgroundTests.HeavyLiveJob_ForWhichWorkersAreSaved_LosesNoneToTheBackground));

    [Fact]
    public Task WorkersSavedUntilACapEnds() => FindAsync(
        Line, " && WorkersForFirst <= limit.InForce;", ";",
        typeof(BackgroundTests),
        nameof(BackgroundTests.HeavyJob_WhileACapWithAnEndLeavesLess_LeavesTheWorkersToLiveJobs));

    [Fact]
    public Task WeightNotCut() => FindAsync(
        Line, "Math.Min(_line!.Oldest.Job!.Weight, Math.Max(1, limit.InForceForWeights))", "_line!.Oldest.Job!.Weight",
        typeof(BackgroundTests), nameof(BackgroundTests.Job_HeavierThanTheLimit_TakesAllWorkersThereAre));

    [Fact]
    public Task NoShareInADryRun() => FindAsync(
        Line, "conditions.Settings.DryRun ? !slots.HasRoomLocked(workers) : workers > slots.Free",
        "workers > slots.Free",
        typeof(BackgroundTests), nameof(BackgroundTests.DryRun_InARush_GivesTheBackgroundItsShare));

    [Fact]
    public Task WaitersLeftToRefuse() => FindAsync(
        Line, "        _hasMore = IsWaiting && !MayStart;\n", "",
        typeof(BackgroundEndTests), nameof(BackgroundEndTests.Jobs_WhereTheQueueEnds_AreRefusedWithoutACount), "drain");

    [Fact]
    public Task JobsWaitThroughAStop() => FindAsync(
        "Engine/EngineState.cs", "state.AcceptsNewcomers() && !state.IsStopping();", "state.AcceptsNewcomers();",
        typeof(BackgroundEndTests), nameof(BackgroundEndTests.Jobs_WhereTheQueueEnds_AreRefusedWithoutACount), "stop");

    [Fact]
    public Task MarkClearedWhileAJobWaits() => FindAsync(
        "Engine/FreeWorkerWatch.cs", "IsObserved || background.IsWaiting;", "IsObserved;",
        typeof(BackgroundTests), nameof(BackgroundTests.Jobs_WaitLongerThanMaxWait_InTheOrderOfArrival));

    [Fact]
    public Task LiveJobWaitsBehindAHeavyOne() => FindAsync(
        "Engine/Arrivals.cs", " && !background.IsWaiting)", ")",
        typeof(BackgroundTests), nameof(BackgroundTests.LiveJob_WhileAHeavyBackgroundJobWaits_TakesAFreeWorker));

    [Fact]
    public Task PaceOfAllJobs() => FindAsync(
        "Engine/WorkerSlots.cs", "        _ranInBackground++;\n", "",
        typeof(BackgroundTests), nameof(BackgroundTests.ExpectedWait_IsThatOfLiveJobs));

    [Fact]
    public Task EndOfACapUnseen() => FindAsync(
        "Engine/AdmissionEngine.cs",
        "        if (!_conditions.IsPaused)\n            _gate.EndCaps(ref _slots, _room);\n        var isOther",
        "        var isOther",
        typeof(BackgroundTests), nameof(BackgroundTests.Job_AfterTheEndOfACap_StartsOnWhatHoldsThen));

    [Fact]
    public Task NothingHandedOnAfterTheLastRefusal() => FindAsync(
        "Engine/AdmissionEngine.cs", "_departures.TryRefuseDue(_conditions, ref wake) || _room.Count == 0;",
        "_departures.TryRefuseDue(_conditions, ref wake);",
        typeof(BackgroundTests),
        nameof(BackgroundTests.Job_WhereTheLastLiveJobIsRefusedInASectionOfItsOwn_HasTheFreeWorker));

    private static Task FindAsync(
        string file, string rule, string broken, Type test, string method, params object[] arguments) =>
        Mutant.AssertFoundAsync(file, rule, broken, test, method, arguments);
}
