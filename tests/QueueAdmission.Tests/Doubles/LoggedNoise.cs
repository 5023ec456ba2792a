using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace QueueAdmission.Doubles;

/// <summary>What an operator would see in the log at its usual level.</summary>
internal static class LoggedNoise
{
    /// <summary>Everything above Debug, except that ASP.NET Core writes two lines for every request, whatever becomes of it, and two for every handler that runs.</summary>
    public static IEnumerable<string> In(FakeLogCollector log) => log.GetSnapshot()
        .Where(record => record.Level > LogLevel.Debug)
        .Where(record => record is not { Level: LogLevel.Information, Category: "Microsoft.AspNetCore.Hosting.Diagnostics" or "Microsoft.AspNetCore.Routing.EndpointMiddleware" })
        .Select(record => record.ToString());
}
