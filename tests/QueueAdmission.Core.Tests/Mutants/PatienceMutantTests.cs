using QueueAdmission.Overload;
using QueueAdmission.Patience;

namespace QueueAdmission.Mutants;

/// <summary>
/// Breaks each rule about the patience of clients and about the sign of a rush, and checks that a test finds it.
/// </summary>
public sealed class PatienceMutantTests
{
    private const string Learned = "Patience/LearnedPatience.cs";
    private const string Adaptive = "Patience/AdaptiveMaxWait.cs";
    private const string Rush = "Overload/RushSign.cs";

    [Fact]
    public Task OffSwitchIgnored() => FindAsync(
        Adaptive, "AdaptiveMaxWait: true, OverloadControl: false,", "OverloadControl: false,",
        nameof(AdaptiveMaxWaitTests.Setting_ThatIsOff_RefusesNoRequest));

    [Fact]
    public Task PushedJobsRefused() => FindAsync(
        Adaptive, "source != JobSource.Push && IsOn", "IsOn", nameof(AdaptiveMaxWaitTests.PushedJobs_AreNotRefused));

    [Fact]
    public Task WorkThatWasLongerThanTheWait() => FindAsync(
        Adaptive, " || waited < pace.ServiceTicks)", ")",
        nameof(AdaptiveMaxWaitTests.Clients_ThatLeaveThoughTheWaitWasShorterThanTheWork_ChangeNothing));

    [Fact]
    public Task OneKeyDecidesForAll() => FindAsync(
        Adaptive, "            if (entry.Shared >= SharedPerKey)\n                return;\n", "",
        nameof(AdaptiveMaxWaitTests.Key_WhoseJobsAreWasted_DoesNotDecideForOthers));

    [Fact]
    public Task ClientsThatLeaveFromTheLine() => FindAsync(
        "Engine/AdmissionEngine.cs", "            _departures.Abandon(waiter, ref wake);",
        "            _patience.OnWasted("
        + "null, Clock.Now - waiter.Time + 50_000_000, Clock.Now - waiter.Time + 60_000_000, _slots.RanLive);\n"
        + "            _departures.Abandon(waiter, ref wake);",
        nameof(AdaptiveMaxWaitTests.Clients_ThatLeaveFromTheLine_ChangeNothing));

    [Fact]
    public Task NoProbing() => FindAsync(
        Learned, "        _limit *= Math.Pow(\n", "        _ = Math.Pow(\n",
        nameof(LearnedPatienceTests.Limit_WithoutWaste_GrowsByHalfAPercentInASecond), typeof(LearnedPatienceTests));

    [Fact]
    public Task ProbingInSpiteOfWaste() => FindAsync(
        Learned, "        if (_wasted > (CalmShare + Tolerated(pace)) * WindowJobs)\n            return;\n", "",
        nameof(LearnedPatienceTests.Limit_WithSomeWaste_StaysWhereItIs), typeof(LearnedPatienceTests));

    [Fact]
    public Task FastGrowthWhereNoJobWaitsThatLong() => FindAsync(
        Learned, "if (_isReached && _limit", "if (_limit",
        nameof(LearnedPatienceTests.Limit_ThatNoJobReaches_GrowsSlowlyBeyondThePatience), typeof(LearnedPatienceTests));

    [Fact]
    public Task CutDuringATurn() => FindAsync(
        Learned,
        "        if (_isTurning && pace.Now < _turnEnd)\n            return;\n"
        + "        EndTurn(jobs);\n        Forget(jobs);\n        if",
        "        EndTurn(jobs);\n        Forget(jobs);\n        if",
        nameof(LearnedPatienceTests.WasteDuringTheTurnAfterACut_DoesNotCutAgain), typeof(LearnedPatienceTests));

    [Fact]
    public Task CutsWithoutEnd() => FindAsync(
        Learned, "if (_futile >= FutileCuts)", "if (_futile >= int.MaxValue)",
        nameof(LearnedPatienceTests.WasteThatNoLimitLessens_IsTolerated_AndMoreOfItIsNot),
        typeof(LearnedPatienceTests));

    [Fact]
    public Task ActingEntryMakesRoom() => FindAsync(
        "Patience/KeyedPatience.cs", "(entry.Learned.IsActing, entry.Learned.LastWasted)",
        "(false, entry.Learned.LastWasted)",
        nameof(KeyedPatienceTests.InventedKeys_DoNotGrowTheTable_AndLeaveThoseThatAct), typeof(KeyedPatienceTests));

    [Fact]
    public Task RushInOneStretch() => FindAsync(
        Rush, "_growing >= Stretches", "_growing >= 1", nameof(RushSignTests.Burst_IsNoRush), typeof(RushSignTests));

    [Fact]
    public Task RushOfAShortLine() => FindAsync(
        Rush, " && waiting >= MinWaiting", "", nameof(RushSignTests.Rush_IntoAShortLine_IsNone), typeof(RushSignTests));

    [Fact]
    public Task RushNotReset() => FindAsync(
        Rush, "Reset() => this = default;", "Reset() => _isCounting = true;",
        nameof(RushSignTests.Reset_ForgetsWhatGrew), typeof(RushSignTests));

    private static Task FindAsync(string file, string rule, string broken, string method, Type? test = null) =>
        Mutant.AssertFoundAsync(file, rule, broken, test ?? typeof(AdaptiveMaxWaitTests), method);
}
