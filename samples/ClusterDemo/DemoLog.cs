namespace ClusterDemo;

internal static partial class DemoLog
{
    [LoggerMessage(LogLevel.Warning, "The stock does not answer: {Reason}")]
    public static partial void StockIsAway(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Information, "Shop {Number} is open: process {Process}, {Address}")]
    public static partial void ShopIsOpen(this ILogger log, int number, int process, Uri address);

    [LoggerMessage(LogLevel.Warning, "Shop {Number} has ended: process {Process}, exit code {ExitCode}")]
    public static partial void ShopHasEnded(this ILogger log, int number, int process, int exitCode);

    [LoggerMessage(LogLevel.Information, "shop {Number}: {Line}")]
    public static partial void ShopSays(this ILogger log, int number, string line);
}
