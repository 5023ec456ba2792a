using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace QueueAdmission.Docs;

/// <summary>
/// What fragments of pages use without showing it. Each name means what a reader takes it for: <c>app</c> is the
/// application, <c>builder</c> its builder. A fragment may declare a name of its own instead.
/// </summary>
#pragma warning disable IDE1006, CA1707, SA1300 // The names are those of local variables and functions in programs.
public static class World
{
    public static WebApplicationBuilder builder => throw new NotSupportedException();

    public static WebApplication app => throw new NotSupportedException();

    public static IServiceCollection services => throw new NotSupportedException();

    public static HttpContext context => throw new NotSupportedException();

    public static HttpClient client => throw new NotSupportedException();

    public static JobQueue queue => throw new NotSupportedException();

    public static JobQueue mail => throw new NotSupportedException();

    public static JobQueueRegistry registry => throw new NotSupportedException();

    public static QueuedAdmissionOptions o => throw new NotSupportedException();

    public static RequestQueueOptions q => throw new NotSupportedException();

    public static MeterProviderBuilder metrics => throw new NotSupportedException();

    public static Order order => throw new NotSupportedException();

    public static CancellationToken token => throw new NotSupportedException();

    public static TimeProvider time => throw new NotSupportedException();

    public static string connection => throw new NotSupportedException();
}
#pragma warning restore IDE1006, CA1707, SA1300
