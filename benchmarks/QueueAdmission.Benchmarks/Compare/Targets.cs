using QueueAdmission.Benchmarks.Questions;

namespace QueueAdmission.Benchmarks.Compare;

/// <summary>Compares the results of the questions with their targets.</summary>
internal static class Targets
{
    /// <returns>The row of the comparison, or null if the table has no row for it.</returns>
    public static Row? Judge(Comparison answer) => answer.Question switch
    {
        nameof(AdmitSynchronousHandler) =>
            Time(10, "admit, worker free, synchronous handler, pipeline call", answer, PeerName.RateLimiter,
                most: 1.0 / 6, "≤ 1/6 of UseRateLimiter, one object of 40 B", mostBytes: 40),
        nameof(AdmitAsynchronousHandler) => AddedBytes(answer),
        nameof(EndpointWithoutQueue) =>
            Time(30, "endpoint without a queue", answer, PeerName.RateLimiter, most: 0.8,
                "≤ 0.8 of UseRateLimiter, 0 B", mostBytes: 0),
        nameof(RejectThroughThePipeline) =>
            Time(40, "reject, whole pipeline, built-in answer with headers and body", answer, PeerName.RateLimiter,
                most: 1.0 / 3, "≤ 1/3 of UseRateLimiter (which sends no body), 0 B", mostBytes: 0),
        nameof(RejectInTheEngine) =>
            Nanoseconds(50, "engine decision to reject", answer, most: 35, "≤ 35 ns, 0 B", mostBytes: 0),
        nameof(AdmitInTheEngine) =>
            Time(60, "engine enter + exit, uncontended", answer, PeerName.Semaphore, most: 0.6,
                "≤ 0.6 of SemaphoreSlim, 0 B", mostBytes: 0),
        nameof(Contention) =>
            Untargeted(61, "engine enter + exit, all cores at once", answer, PeerName.Ours, PeerName.Semaphore),
        nameof(AllThroughTheQueue) =>
            Time(70, "engine, 256 flows on 2 workers, all through the queue", answer, PeerName.Semaphore, most: 1,
                "not slower than SemaphoreSlim, ≤ 1 B", mostBytes: 1),
        nameof(AllThroughTheQueueWithLimits) =>
            Time(71, "the same with a token and a wait limit each", answer, PeerName.Semaphore, most: 1,
                "not slower than SemaphoreSlim"),
        nameof(LiveResize) =>
            Untargeted(72, "256 flows on a number of workers that changes 1,000 times a second", answer,
                LiveResize.Often, LiveResize.Never),
        "HandOff(1)" => Untargeted(
            73, "hand-off to a waiter, 1 partition", answer, PeerName.Ours, PeerName.Semaphore),
        "HandOff(16)" => Untargeted(
            74, "hand-off to a waiter, 16 partitions", answer, PeerName.Ours, PeerName.Semaphore),
        "IdleDispatch(16)" =>
            Nanoseconds(100, "idle dispatch, 16 partitions, 1 worker", answer, most: 20_000, "≤ 20 µs"),
        nameof(ThreeMillionPushes) =>
            Nanoseconds(110, "3,000,000 pushes at 300 places, for each push", answer, most: 0.2e9 / 3_000_000,
                "≤ 0.2 s together, exactly accounted"),
        _ => null,
    };

    private static Row Time(
        int order, string what, Comparison answer, string other, double most, string target,
        double mostBytes = double.MaxValue)
    {
        var ratio = answer.Ratio(PeerName.Ours, other);
        return new Row(order, what, ShowPeers(answer), Show(answer[PeerName.Ours]), $"{ratio.Show("N2")} × {other}",
            target,
            ratio <= most && answer[PeerName.Ours].Bytes <= mostBytes + 0.5);
    }

    private static Row Untargeted(int order, string what, Comparison answer, string ours, string other) =>
        new(order, what, ShowPeers(answer, ours), Show(answer[ours]),
            $"{answer.Ratio(ours, other).Show("N2")} × {other}", "none set", Reached: null);

    private static Row Nanoseconds(
        int order, string what, Comparison answer, double most, string target, double? mostBytes = null)
    {
        var ours = answer[PeerName.Ours];
        var other = answer.Contenders.First(
            contender => contender.Name is PeerName.EasyQueue or PeerName.Concurrency).Name;
        return new Row(order, what, ShowPeers(answer), Show(ours),
            $"{answer.Ratio(PeerName.Ours, other).Show("N4")} × {other}", target,
            ours.Nanoseconds <= most && ours.Bytes <= (mostBytes + 0.5 ?? double.MaxValue));
    }

    private static Row AddedBytes(Comparison answer)
    {
        double Added(string name) => answer[name].Bytes - answer[PeerName.None].Bytes;
        return new Row(20, "the same, asynchronous handler, bytes over no middleware",
            string.Join("; ", new[] { PeerName.RateLimiter, PeerName.GlobalLimiter, PeerName.Semaphore }.Select(
                name => $"{name} +{Added(name).Show("N0")} B")),
            $"+{Added(PeerName.Ours).Show("N0")} B",
            $"{(Added(PeerName.Ours) / Added(PeerName.RateLimiter)).Show("N2")} × {PeerName.RateLimiter}",
            "≤ 152 B, one object of 40 B among them",
            Added(PeerName.Ours) <= 152.5);
    }

    private static string ShowPeers(Comparison answer, string ours = PeerName.Ours) =>
        string.Join("; ", answer.Contenders.Where(contender => contender.Name != ours)
            .Select(contender => $"{contender.Name} {Show(contender)}"));

    private static string Show(Measured measured)
    {
        var time = measured.Nanoseconds < 10_000
            ? $"{measured.Nanoseconds.Show()} ns"
            : $"{(measured.Nanoseconds / 1_000).Show()} µs";
        return $"{time}, {measured.Bytes.Show("N0")} B";
    }
}
