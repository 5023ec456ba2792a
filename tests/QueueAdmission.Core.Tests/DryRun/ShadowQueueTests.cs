namespace QueueAdmission.DryRun;

public sealed class ShadowQueueTests
{
    private const int Second = 1_000;
    private const long Forever = long.MaxValue;

    [Fact]
    public void Arrive_WithAFreeWorkerAndAnEmptyLine_RunsAtOnce()
    {
        var shadow = new ShadowQueue(0, 0);

        Assert.Equal(
            default, shadow.Arrive(hasWorkers: true, workers: 1, places: 0, patience: 0, RejectionReason.WaitTimeout));
    }

    [Fact]
    public void Arrive_WithoutAWorker_WaitsUntilAllPlacesAreTaken()
    {
        var shadow = new ShadowQueue(0, 0);

        var verdicts = Enumerable.Range(0, 4)
            .Select(_ => shadow.Arrive(false, workers: 1, places: 3, Forever, RejectionReason.WaitTimeout)).ToList();

        Assert.Equal([true, true, true, false], verdicts.Select(verdict => verdict.Waits));
        Assert.Equal(RejectionReason.QueueFull, verdicts[3].Reason);
        Assert.Equal(3, shadow.Waiting);
    }

    [Fact]
    public void Arrive_WithAFreeWorkerBehindALine_Waits()
    {
        var shadow = new ShadowQueue(0, 0);
        shadow.Arrive(hasWorkers: false, workers: 1, places: 3, Forever, RejectionReason.WaitTimeout);

        // In reality, the earlier jobs were admitted at once and have ended. In the simulated line they still wait.
        Assert.True(shadow.Arrive(hasWorkers: true, workers: 1, places: 3, Forever, RejectionReason.WaitTimeout).Waits);
    }

    [Fact]
    public void ServiceTime_OfJobsOfOneSecond_IsOneSecond()
    {
        var shadow = new ShadowQueue(0, 0);

        shadow.Observe(0, running: 3, ran: 0, workers: 2);

        // Three jobs at a time, each of which takes a second.
        for (var second = 1; second <= 100; second++)
            shadow.Observe(second * Second, running: 3, ran: 3 * second, workers: 2);

        Assert.Equal(Second, shadow.ServiceTicks, tolerance: 1);
    }

    [Fact]
    public void ServiceTime_OfAServiceThatBecomesSlow_Follows()
    {
        var shadow = new ShadowQueue(0, 0);
        for (var i = 1; i <= 10_000; i++)
            shadow.Observe(i, running: 1, ran: i, workers: 1);

        for (var i = 1; i <= 3_000; i++)
            shadow.Observe(10_000 + (i * 10), running: 1, ran: 10_000 + i, workers: 1);

        Assert.Equal(10, shadow.ServiceTicks, tolerance: 0.5);
    }

    [Fact]
    public void Line_WithTime_EmptiesAtThePaceOfTheWorkers()
    {
        var shadow = new ShadowQueue(0, 0);
        RunOneForASecond(shadow);
        for (var i = 0; i < 10; i++)
            shadow.Arrive(false, workers: 2, places: 10, Forever, RejectionReason.WaitTimeout);

        // Two workers and one second per job: four jobs leave the simulated line in two seconds, while two really
        // ended.
        shadow.Observe(Second, running: 1, ran: 1, workers: 2);
        shadow.Observe(3 * Second, running: 0, ran: 3, workers: 2);

        Assert.Equal(6, shadow.Waiting);
    }

    [Fact]
    public void Arrive_BehindALineThatIsTooLong_IsRefusedForItsPatience()
    {
        var shadow = new ShadowQueue(0, 0);
        RunOneForASecond(shadow);

        var verdicts = Enumerable.Range(0, 4)
            .Select(_ => shadow.Arrive(
                false, workers: 1, places: 100, patience: 3 * Second, RejectionReason.DeadlineTooClose))
            .ToList();

        Assert.Equal([true, true, true, false], verdicts.Select(verdict => verdict.Waits));
        Assert.Equal(RejectionReason.DeadlineTooClose, verdicts[3].Reason);
    }

    [Fact]
    public void Rush_AboveCapacity_IsRefusedAsOftenAsARealQueueWould()
    {
        // For a minute, 1,000 jobs of 50 ms arrive per second. If all are admitted, 50 run at a time. 8 workers serve
        // only 160 per second.
        var shadow = new ShadowQueue(0, 0);
        var refused = 0;
        for (var millisecond = 1; millisecond <= 60_000; millisecond++)
        {
            var running = Math.Min(millisecond, 50);
            shadow.Observe(millisecond, running, ran: Math.Max(0, millisecond - 50), workers: 8);
            var answer = shadow.Arrive(
                hasWorkers: running < 8, workers: 8, places: 100, Forever, RejectionReason.WaitTimeout);
            if (answer.Reason is not null)
                refused++;
        }

        Assert.InRange(refused, 60_000 * 0.83, 60_000 * 0.85);
    }

    private static void RunOneForASecond(ShadowQueue shadow)
    {
        shadow.Observe(0, running: 1, ran: 0, workers: 1);
        shadow.Observe(Second, running: 0, ran: 1, workers: 1);
    }
}
