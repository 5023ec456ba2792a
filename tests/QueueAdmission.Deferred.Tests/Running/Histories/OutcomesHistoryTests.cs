namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>
/// Verifies connections that wait for jobs, in many random histories. A failure reports its seed and the history.
/// </summary>
public sealed class OutcomesHistoryTests(ITestOutputHelper output)
{
    private const int Histories = 4_000;

    [Fact]
    public void Waits_InAnyHistory_AreToldOnceAndTheTruth()
    {
        var told = 0;
        for (var seed = 0; seed < Histories; seed++)
        {
            using var history = new OutcomesHistory(seed);
            history.Run();
            told += history.Told;
        }

        output.WriteLine($"{Histories:N0} histories, {told:N0} outcomes");
    }
}
