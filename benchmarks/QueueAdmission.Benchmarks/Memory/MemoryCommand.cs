namespace QueueAdmission.Benchmarks.Memory;

internal static class MemoryCommand
{
    public static void Run()
    {
        Row[] rows = [.. ParkedWaiter.Measure(), IdleWakeUps.Measure()];
        Console.WriteLine(RowFile.ToMarkdown(rows));
        RowFile.Write("memory", rows);
    }
}
