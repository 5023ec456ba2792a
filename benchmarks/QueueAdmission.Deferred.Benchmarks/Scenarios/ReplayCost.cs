using System.Diagnostics;
using System.Net;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Deferred.Benchmarks.Servers;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>
/// Measures the cost of running a handler from a stored request, compared with calling the same handler directly.
/// </summary>
internal static class ReplayCost
{
    private const int Rounds = 15;
    private const int Calls = 4_000;
    private const int WarmUps = 20_000;

    public static async Task RunAsync(Setup setup)
    {
        await using var app = BuildApp();
        await app.StartAsync();
        var endpoint = app.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .First(one => one.DisplayName?.Contains("/posts", StringComparison.Ordinal) ?? false);
        var contexts = app.Services.GetRequiredService<IHttpContextFactory>();
        var replay = new RequestReplay(contexts, new DeferredJobsOptions(), static (_, _) => { });
        var protector = app.Services.GetRequiredService<DeferredJobs>().Access.Protector!;
        var queue = app.Services.GetRequiredKeyedService<JobQueue>("posts");
        var request = Create(endpoint);
        var stored = protector.ProtectRequest(RequestCodec.Write(request));

        Func<Task> direct = () => CallAsync(contexts, endpoint);
        Func<Task> replayed = () => ReplayAsync(replay, endpoint, request, queue);
        Func<Task> read = () =>
        {
            RequestCodec.Read(protector.UnprotectRequest(stored));
            return Task.CompletedTask;
        };
        var costs = await MeasureAsync(direct, replayed, read);
        var over = costs[1].Time - costs[0].Time;
        setup.Add(new ReportRow(
            "replay, over the handler called directly",
            "any",
            "41 µs, 9 KB",
            "≤ 50 µs",
            $"{over:N1} µs and {costs[1].Bytes - costs[0].Bytes:N0} B "
                + $"over {costs[0].Time:N1} µs and {costs[0].Bytes:N0} B; "
                + $"to decrypt and read a request of 1 KB: {costs[2].Time:N1} µs, {costs[2].Bytes:N0} B",
            over <= 50));
        await app.StopAsync();
    }

    private static WebApplication BuildApp()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddQueuedAdmission(static options => options.AddQueue("posts"))
            .AddDeferredJobs(jobs => jobs.UseStore(static _ => new InMemoryJobStore().Open()));
        var app = builder.Build();
        app.UseQueuedAdmission();
        app.MapPost("/posts", PostHandlers.Publish).WithQueue("posts").Defer();
        app.MapDeferredJobs("/jobs");
        return app;
    }

    private static async Task<(double Time, double Bytes)[]> MeasureAsync(params Func<Task>[] subjects)
    {
        foreach (var subject in subjects)
            await RepeatAsync(subject, WarmUps);
        var times = subjects.Select(_ => new List<double>()).ToArray();
        var bytes = subjects.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            // Measure forwards and backwards, so that drift of the machine affects all subjects equally.
            var forwards = Enumerable.Range(0, subjects.Length);
            foreach (var index in forwards.Concat(forwards.Reverse()))
            {
                var allocated = GC.GetTotalAllocatedBytes(precise: true);
                var start = Stopwatch.GetTimestamp();
                await RepeatAsync(subjects[index], Calls);
                times[index].Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / Calls);
                bytes[index].Add((GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)Calls);
            }
        }
        return [.. times.Zip(bytes, (time, size) => (MedianOf(time), MedianOf(size)))];
    }

    private static async Task RepeatAsync(Func<Task> subject, int calls)
    {
        for (var call = 0; call < calls; call++)
            await subject();
    }

    private static double MedianOf(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task CallAsync(IHttpContextFactory contexts, Endpoint endpoint)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = "POST",
            Path = "/posts",
            Protocol = "HTTP/1.1",
            Body = new MemoryStream(Body, writable: false),
            Headers = new HeaderDictionary
            {
                ["Content-Type"] = "application/json",
                ["Content-Length"] = $"{Body.Length}",
            },
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpRequestBodyDetectionFeature>(new WithBody());
        var context = contexts.Create(features);
        context.SetEndpoint(endpoint);
        await endpoint.RequestDelegate!(context);
        contexts.Dispose(context);
    }

    private static async Task ReplayAsync(
        RequestReplay replay, Endpoint endpoint, StoredRequest request, JobQueue queue)
    {
        var outcome = await replay.RunAsync(new ReplayRun
        {
            Request = request,
            Endpoint = endpoint,
            Queue = "posts",
            Attempt = 1,
            Worker = new HeldWorker(queue),
            MaxResponseSize = 1_048_576,
            Stopping = CancellationToken.None,
            Time = TimeProvider.System,
        });
        if (outcome.Failure is not null || outcome.Response.StatusCode != StatusCodes.Status204NoContent)
            throw new InvalidOperationException($"The replay failed: {outcome}");
    }

    private static byte[] Body { get; } = Encoding.ASCII.GetBytes(Post.Body);

    private static StoredRequest Create(Endpoint endpoint) => new()
    {
        Id = Guid.CreateVersion7(),
        Route = RouteTable.IdentityOf(endpoint, "POST"),
        Method = "POST",
        Protocol = "HTTP/1.1",
        Scheme = "http",
        Host = "localhost",
        PathBase = "",
        Path = "/posts",
        QueryString = "",
        RouteValues = [],
        Headers = [new("Content-Type", "application/json"), new("Content-Length", $"{Body.Length}")],
        User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "42")], "test")),
        Body = Body,
        HasBody = true,
        Culture = "",
        UICulture = "",
        AcceptedAt = DateTimeOffset.UtcNow,
    };

    private sealed class WithBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }

    private sealed class HeldWorker(JobQueue queue) : IQueueFeature
    {
        public JobQueue Queue => queue;

        public TimeSpan Waited => TimeSpan.Zero;

        public int WaitersAhead => 0;

        public bool HoldsWorker => true;

        public bool ReleaseWorker() => false;

        public void ReportOverload()
        {
        }

        public void IgnoreLatency()
        {
        }
    }
}
