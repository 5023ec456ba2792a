using System.Globalization;
using QueueAdmission.Benchmarks.Questions;

namespace QueueAdmission.Benchmarks.Compare;

internal static class CompareCommand
{
    private static readonly Type[] Questions =
    [
        typeof(AdmitInTheEngine),
        typeof(RejectInTheEngine),
        typeof(AdmitSynchronousHandler),
        typeof(AdmitAsynchronousHandler),
        typeof(EndpointWithoutQueue),
        typeof(RejectThroughThePipeline),
        typeof(AllThroughTheQueue),
        typeof(AllThroughTheQueueWithLimits),
        typeof(IdleDispatch),
        typeof(Contention),
        typeof(ThreeMillionPushes),
        typeof(LiveResize),
    ];

    public static int Run(string[] args)
    {
        var pace = args.Contains("--quick") ? Pace.Quick : Pace.Careful;
        var only = Array.IndexOf(args, "--only") is >= 0 and var at ? args[at + 1] : "";
        foreach (var (name, open) in Questions.SelectMany(Question.Of).Where(question => question.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            Console.WriteLine($"\n### {name}\n\n| | ns | bytes |\n|---|---:|---:|");
            using var question = open();
            foreach (var contender in Comparison.Run(question, pace).Contenders)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {contender.Name} | {contender.Nanoseconds:N1} | {contender.Bytes:N1} |"));
        }
        return 0;
    }
}
