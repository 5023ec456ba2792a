using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace QueueAdmission.Docs;

/// <summary>
/// The variables that fragments of pages use without declaring them. Each name has its usual meaning: <c>app</c> is the
/// application, and <c>builder</c> is its builder. A fragment may also declare such a name itself.
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
