namespace ClusterDemo;

internal static partial class DemoLog
{
    [LoggerMessage(1, LogLevel.Warning, "The stock cannot be reached: {Reason}")]
    public static partial void StockIsAway(this ILogger log, string reason);

    [LoggerMessage(2, LogLevel.Information, "Shop {Number} is open: process {Process}, {Address}")]
    public static partial void ShopIsOpen(this ILogger log, int number, int process, Uri address);

    [LoggerMessage(3, LogLevel.Warning, "Shop {Number} has ended: process {Process}, exit code {ExitCode}")]
    public static partial void ShopHasEnded(this ILogger log, int number, int process, int exitCode);
}
