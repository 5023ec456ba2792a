using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>
/// Uses many features at once over real sockets: timeouts in front of the queue, copied contexts, early releases, error
/// pages, clients that leave, live changes, and foreign code that throws. After all requests have ended, no worker may
/// be missing, and none may be counted twice.
/// </summary>
[Collection(nameof(SoakTests))]
public sealed class SoakTests
{
    private const int Clients = 24;
    private const string Settings =
        "Queues:plain:Workers=3 Queues:plain:Partitions=2 Queues:plain:PartitionCapacity=4 " +
            "Queues:plain:MaxWait=00:00:01 " +
        "Queues:keyed:Workers=3 Queues:keyed:PartitionBy=Header:X-User Queues:keyed:MaxWorkersPerKey=2 " +
            "Queues:keyed:PartitionCapacity=2 " +
        "Queues:keyed:OverloadControl=true Queues:keyed:MaxWait=00:00:01 " +
        "Queues:error:Workers=2 Queues:error:PartitionCapacity=4 Queues:error:MaxWait=00:00:01";

    private static readonly string[] Queues = ["plain", "keyed", "error"];

    /// <summary>
    /// The number of requests. The environment variable QUEUE_SOAK_REQUESTS sets a larger number for a longer run.
    /// </summary>
    private static int Requests =>
        int.TryParse(Environment.GetEnvironmentVariable("QUEUE_SOAK_REQUESTS"), out var count) ? count : 6_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_AtOnce_LosesAndDoublesNoWorker(bool http2)
    {
        var inside = new Counts();
        using var listeners = new ThrowingListeners();
        await using var app = await TestApp.StartKestrelAsync(Settings, app => Configure(app, inside), services =>
        {
            services.AddSingleton(TimeProvider.System);
            services.AddMetrics().AddQueuedAdmission();
            services.AddLogging(logging => logging.AddProvider(new ThrowingLog()));
        });
        var sent = 0;
        var over = false;
        var operating = OperateAsync();

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => RequestAsync(new Random(client))));

        over = true;
        await operating;
        // After a timeout or an early release, handlers may still run for a moment.
        await Eventually.TrueAsync(() => inside.Now == 0
            && Queues.All(name => app.Queue(name).GetSnapshot() is { Running: 0, Waiting: 0, WorkersInUse: 0 }));
        foreach (var name in Queues)
        {
            var queue = app.Queue(name);
            var snapshot = queue.GetSnapshot();
            Assert.Equal(snapshot.Arrived, snapshot.Ran + snapshot.Rejected + snapshot.Abandoned);
            Assert.True(snapshot.Ran > 0, $"Nothing ran in {name}.");
            // There are exactly as many leases as workers: none was lost, and none was released twice.
            queue.Update(settings => settings.MaxWorkersPerKey = null);
            var leases = Enumerable.Range(0, snapshot.Settings.Workers + 1).Select(_ => queue.TryEnter()).ToList();
            Assert.Equal(snapshot.Settings.Workers, leases.Count(lease => lease.IsAdmitted));
        }

        async Task RequestAsync(Random random)
        {
            var client = http2 ? app.Http2 : app.Client;
            while (Interlocked.Increment(ref sent) <= Requests)
            {
                using var leaving = new CancellationTokenSource();
                if (random.Next(5) == 0)
                    leaving.CancelAfter(random.Next(1, 30));
                var kind = Kinds[random.Next(Kinds.Length)];
                using var request =
                    new HttpRequestMessage(HttpMethod.Get, $"/{Queues[random.Next(2)]}/{kind}?ms={random.Next(4)}")
                    {
                        Version = http2 ? new Version(2, 0) : new Version(1, 1),
                        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                    };
                request.Headers.Add("X-User", $"user{random.Next(4)}");
                request.Headers.Add("X-Front", Fronts[random.Next(Fronts.Length)]);
                try
                {
                    using var response = await client.SendAsync(request, leaving.Token);
                    await response.Content.ReadAsStringAsync(leaving.Token);
                }
                catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
                {
                    // The client left, or the handler aborted the connection.
                }
            }
        }

        async Task OperateAsync()
        {
            var random = new Random(4711);
            while (!over)
            {
                var queue = app.Queue(Queues[random.Next(2)]);
                switch (random.Next(4))
                {
                    case 0:
                        queue.Update(settings => settings.Workers = random.Next(1, 6));
                        break;
                    case 1:
                        queue.Update(settings => settings.Partitions = random.Next(1, 4));
                        break;
                    case 2:
                        queue.Pause();
                        await WorkAsync(2);
                        queue.Resume();
                        break;
                    default:
                        queue.Update(settings => settings.PartitionCapacity = random.Next(0, 6));
                        break;
                }
                await WorkAsync(5);
            }
        }
    }

    private static readonly string[] Kinds =
        ["sync", "async", "throw", "late", "release", "stream", "abort", "again", "both", "copies", "missing"];

    private static readonly string[] Fronts = ["none", "none", "whenany", "linked", "copy"];

    private static void Configure(WebApplication app, Counts inside)
    {
        app.UseExceptionHandler("/error");
        app.UseStatusCodePagesWithReExecute("/error");
        app.Use(FrontAsync);
        app.UseRouting();
        app.UseQueuedAdmission();
        foreach (var queue in Queues[..2])
        {
            app.MapGet(
                $"/{queue}/{{kind}}",
                (HttpContext context, string kind, int ms) =>
                    HandleAsync(context, queue, kind, ms, inside)).WithQueue(queue);
        }
        app.MapGet("/error", async () =>
        {
            using var counted = inside.Enter();
            await Task.Yield();
            return "error page";
        }).WithQueue("error");
    }

    /// <summary>Waits on the real clock. This test needs concurrency, but no control of time.</summary>
    private static Task WorkAsync(int milliseconds) => Task.Delay(milliseconds, CancellationToken.None);

    private static async Task FrontAsync(HttpContext context, RequestDelegate next)
    {
        switch (context.Request.Headers["X-Front"].ToString())
        {
            case "whenany":
                var rest = next(context);
                if (await Task.WhenAny(rest, WorkAsync(2)) == rest)
                    await rest;
                else if (!context.Response.HasStarted)
                    context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
                break;
            case "linked":
                var before = context.RequestAborted;
                using (var timeout = CancellationTokenSource.CreateLinkedTokenSource(before))
                {
                    timeout.CancelAfter(3);
                    context.RequestAborted = timeout.Token;
                    try
                    {
                        await next(context);
                    }
                    catch (OperationCanceledException) when (!before.IsCancellationRequested)
                    {
                        if (!context.Response.HasStarted)
                            context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
                    }
                    finally
                    {
                        context.RequestAborted = before;
                    }
                }
                break;
            case "copy":
                await next(new DefaultHttpContext(new FeatureCollection(context.Features)));
                break;
            default:
                await next(context);
                break;
        }
    }

    private static async Task HandleAsync(HttpContext context, string queue, string kind, int ms, Counts inside)
    {
        using var counted = inside.Enter();
        var feature = context.Features.Get<IQueueFeature>();
        switch (kind)
        {
            case "sync":
                return;
            case "throw":
                throw new InvalidTimeZoneException();
            case "late":
                await WorkAsync(ms);
                throw new InvalidTimeZoneException();
            case "release":
                await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => feature?.ReleaseWorker())));
                break;
            case "stream":
                await context.Response.StartAsync();
                context.ReleaseWorker();
                await context.Response.WriteAsync("x");
                break;
            case "abort":
                using (context.RequestAborted.Register(() => feature?.ReleaseWorker()))
                    await WorkAsync(ms);
                context.Abort();
                break;
            case "again":
                using (await context.EnterQueueAsync(queue))
                    await WorkAsync(ms);
                break;
            case "both":
                using (await context.EnterQueueAsync("error"))
                    await WorkAsync(ms);
                break;
            case "copies":
                new DefaultHttpContext(new FeatureCollection(context.Features)).ReleaseWorker();
                new DefaultHttpContext(context.Features).ReleaseWorker();
                break;
            case "missing":
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
            default:
                await WorkAsync(ms);
                break;
        }
    }

    /// <summary>Counts the handlers that are currently running.</summary>
    private sealed class Counts
    {
        private int _now;

        public int Now => Volatile.Read(ref _now);

        public IDisposable Enter()
        {
            Interlocked.Increment(ref _now);
            return new Visit(this);
        }

        private sealed class Visit(Counts counts) : IDisposable
        {
            public void Dispose() => Interlocked.Decrement(ref counts._now);
        }
    }

    private sealed class ThrowingLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("QueueAdmission", StringComparison.Ordinal)
                ? this
                : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            throw new IOException("No space left on device");
    }

    /// <summary>Listens to all measurements and spans of the product, and throws at each of them.</summary>
    private sealed class ThrowingListeners : IDisposable
    {
        private readonly MeterListener _meters = new();
        private readonly ActivityListener _activities;

        public ThrowingListeners()
        {
            _meters.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "QueueAdmission" && !instrument.IsObservable)
                    listener.EnableMeasurementEvents(instrument);
            };
            _meters.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidTimeZoneException());
            _meters.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidTimeZoneException());
            _meters.Start();
            _activities = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "QueueAdmission",
                Sample = (ref _) =>
                    Random.Shared.Next(2) == 0 ? ActivitySamplingResult.AllData : throw new InvalidTimeZoneException(),
                ActivityStarted = _ => throw new InvalidTimeZoneException(),
                ActivityStopped = _ => throw new InvalidTimeZoneException(),
            };
            ActivitySource.AddActivityListener(_activities);
        }

        public void Dispose()
        {
            _meters.Dispose();
            _activities.Dispose();
        }
    }
}

/// <summary>Runs these tests alone, because their listeners receive the events of the whole process.</summary>
[CollectionDefinition(nameof(SoakTests), DisableParallelization = true)]
public sealed class SoakCollection;
