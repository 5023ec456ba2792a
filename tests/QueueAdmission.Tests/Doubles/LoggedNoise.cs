using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace QueueAdmission.Doubles;

/// <summary>The log that an operator sees at the usual level.</summary>
internal static class LoggedNoise
{
    /// <summary>
    /// All lines above Debug without the framework's own lines for requests. ASP.NET Core writes two lines for every
    /// request and two for every handler.
    /// </summary>
    public static IEnumerable<string> In(FakeLogCollector log) => log.GetSnapshot()
        .Where(record => record.Level > LogLevel.Debug)
        .Where(record => record is not { Level: LogLevel.Information, Category: "Microsoft.AspNetCore.Hosting.Diagnostics" or "Microsoft.AspNetCore.Routing.EndpointMiddleware" })
        .Select(record => record.ToString());
}
