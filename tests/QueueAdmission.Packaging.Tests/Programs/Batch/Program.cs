using QueueAdmission;

using var queue = new JobQueue(new JobQueueOptions { Workers = 2, PartitionCapacity = 10 });

var squares = await Task.WhenAll(Enumerable.Range(1, 10).Select(n => queue.RunAsync(async _ =>
{
    await Task.Yield();
    return n * n;
})));

Console.WriteLine($"sum {squares.Sum()}, ran {queue.GetSnapshot().Ran}");
