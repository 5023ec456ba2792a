using System.Diagnostics;
using QueueAdmission.Benchmarks.Questions;

namespace QueueAdmission.Benchmarks.Compare;

/// <summary>Asks the questions, prints the answers, and keeps the rows of the table.</summary>
internal static class CompareCommand
{
    // The rows of each question are stored in a part of this name and the name of the question.
    private const string Part = "compare-";

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
        if (ValueOf(args, "--question") is { } question)
            RowFile.Write(Part + question, Ask(Questions.Where(type => type.Name == question), "", pace));
        else if (ValueOf(args, "--only") is { } only)
            Ask(Questions, only, pace);
        else
            AskEachInItsOwnProcess(args);
    }

    /// <summary>
    /// Starts one process for each question. In a common process, the runtime would compile the shared code for the
    /// calls of the earlier questions, and the later ones would be up to 25 % slower.
    /// </summary>
    private static void AskEachInItsOwnProcess(string[] args)
    {
        RowFile.Delete(Part);
        foreach (var question in Questions)
        {
            using var process = Process.Start(
                Environment.ProcessPath!,
                [typeof(CompareCommand).Assembly.Location, "compare", "--question", question.Name, .. args]);
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{question.Name} ended with the exit code {process.ExitCode}.");
        }
    }

    private static List<Row> Ask(IEnumerable<Type> questions, string only, Pace pace)
    {
        var rows = new List<Row>();
        foreach (var (name, open) in questions.SelectMany(Question.Of)
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
        return rows;
    }

    private static string? ValueOf(string[] args, string option) =>
        Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
