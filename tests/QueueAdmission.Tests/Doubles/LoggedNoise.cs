using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace QueueAdmission.Doubles;

/// <summary>The log messages that an operator sees at the usual level.</summary>
internal static class LoggedNoise
{
    /// <summary>
    /// Returns all messages above Debug, except the framework's own messages about requests. ASP.NET Core logs two
    /// messages for every request and two for every handler.
    /// </summary>
    public static IEnumerable<string> In(FakeLogCollector log) => log.GetSnapshot()
        .Where(record => record.Level > LogLevel.Debug)
        .Where(record => record is not
        {
            Level: LogLevel.Information,
            Category: "Microsoft.AspNetCore.Hosting.Diagnostics"
                or "Microsoft.AspNetCore.Routing.EndpointMiddleware",
        })
        .Select(record => record.ToString());
}
