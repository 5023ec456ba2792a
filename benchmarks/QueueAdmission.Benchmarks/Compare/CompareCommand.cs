using QueueAdmission.Benchmarks.Questions;

namespace QueueAdmission.Benchmarks.Compare;

/// <summary>Runs every question in this process, prints the results, and stores the rows of the table.</summary>
internal static class CompareCommand
{
    private static readonly Type[] Questions =
    [
        typeof(AdmitSynchronousHandler),
        typeof(AdmitAsynchronousHandler),
        typeof(EndpointWithoutQueue),
        typeof(RejectThroughThePipeline),
        typeof(RejectInTheEngine),
        typeof(AdmitInTheEngine),
        typeof(Contention),
        typeof(AllThroughTheQueue),
        typeof(AllThroughTheQueueWithLimits),
        typeof(LiveResize),
        typeof(HandOff),
        typeof(IdleDispatch),
        typeof(ThreeMillionPushes),
    ];

    public static void Run(string[] args)
    {
        var pace = args.Contains("--quick") ? Pace.Quick : Pace.Careful;
        var only = Array.IndexOf(args, "--only") is >= 0 and var at ? args[at + 1] : "";
        var rows = new List<Row>();
        foreach (var (name, open) in Questions.SelectMany(Question.Of)
            .Where(question => question.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            Console.WriteLine($"\n### {name}\n\n| | ns | bytes |\n|---|---:|---:|");
            using var question = open();
            var answer = Comparison.Run(question, pace);
            foreach (var contender in answer.Contenders)
                Console.WriteLine($"| {contender.Name} | {contender.Nanoseconds.Show()} | {contender.Bytes.Show()} |");
            if (Targets.Judge(answer) is { } row)
                rows.Add(row);
        }
        Console.WriteLine("\n" + RowFile.ToMarkdown(rows));
        if (only.Length == 0)
            RowFile.Write("compare", rows);
    }
}
