namespace PostDemo;

internal static partial class DemoLog
{
    [LoggerMessage(1, LogLevel.Warning, "A file of the demo cannot be used: {Reason}")]
    public static partial void FileIsAway(this ILogger log, string reason);

    [LoggerMessage(2, LogLevel.Information, "Process {Process} runs the jobs")]
    public static partial void WorkerRuns(this ILogger log, int process);

    [LoggerMessage(3, LogLevel.Warning, "The process {Process} that ran the jobs has ended with exit code {ExitCode}")]
    public static partial void WorkerHasEnded(this ILogger log, int process, int exitCode);
}
