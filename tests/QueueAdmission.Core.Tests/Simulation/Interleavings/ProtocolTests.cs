namespace QueueAdmission.Simulation.Interleavings;

/// <summary>
/// Checks the reasoning at the beginning of <c>Engine/AdmissionEngine.cs</c> in all interleavings: no wake-up is lost,
/// no job is overtaken, and no worker is assigned twice. The same search finds the errors of the obvious shortcuts.
/// </summary>
public sealed class ProtocolTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(1, 3, 2)]
    [InlineData(2, 3, 2)]
    [InlineData(1, 4, 1)]
    [InlineData(2, 4, 1)]
    public void Flows_InEveryInterleaving_AllHaveTheirTurn(int workers, int flows, int rounds) =>
        ExploreWithoutAFlaw($"{flows} flows × {rounds} on {workers} workers", World.Start(workers, flows, rounds));

    [Theory]
    [InlineData(1, +1)]
    [InlineData(2, -1)]
    [InlineData(1, +1, -1)]
    public void Flows_WhileTheWorkersChange_AllHaveTheirTurn(int workers, params int[] growths) =>
        ExploreWithoutAFlaw(
            $"3 flows on {workers} workers, changed by {string.Join(" and ", growths)}",
            World.Start(workers, 3, 1, growths));

    [Theory]
    [InlineData(1, 2, 2, 1)]
    [InlineData(1, 2, 1, 2)]
    [InlineData(2, 3, 1, 1)]
    [InlineData(1, 2, 1, 1, +1)]
    public void Flows_WithBackgroundJobs_AllHaveTheirTurn(
        int workers, int flows, int rounds, int background, params int[] growths) =>
        ExploreWithoutAFlaw(
            $"{flows} flows × {rounds} and {background} background jobs on {workers} workers",
            World.Start(workers, flows, rounds, background, growths));

    [Theory]
    [InlineData(Rule.ForgetTheBackground, "a wake-up was lost")]
    [InlineData(Rule.LookThenMark, "a wake-up was lost")]
    [InlineData(Rule.NoMark, "a wake-up was lost")]
    [InlineData(Rule.IgnoreTheMark, "overtakes")]
    [InlineData(Rule.ResizeWithoutHandOff, "a wake-up was lost")]
    [InlineData(Rule.ClearTheMarkUnlocked, "a wake-up was lost")]
    public void Shortcut_InSomeInterleaving_BreaksAPromise(Rule shortcut, string broken)
    {
        int[] growths = shortcut == Rule.ResizeWithoutHandOff ? [-1, +1] : [];
        var background = shortcut == Rule.ForgetTheBackground ? 1 : 0;
        var flaw = new Exploration().Run(
            World.Start(1 + growths.Length, 3 - background, 2, background, growths), shortcut);

        output.WriteLine($"{shortcut}: {flaw}");
        Assert.NotNull(flaw);
        Assert.Contains(broken, flaw);
    }

    private void ExploreWithoutAFlaw(string what, World start)
    {
        var exploration = new Exploration();
        var flaw = exploration.Run(start, Rule.TakeOrMarkInOneStep);

        Assert.Null(flaw);
        output.WriteLine($"{what}: {exploration.Worlds:N0} worlds, {exploration.Steps:N0} steps, nothing broken");
    }
}
