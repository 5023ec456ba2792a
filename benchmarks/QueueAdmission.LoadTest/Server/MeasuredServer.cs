using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Server;

/// <summary>The server process: Kestrel, one peer's middleware, and the endpoints behind it.</summary>
internal static class MeasuredServer
{
    private static readonly byte[] Hello = "Hello, World!"u8.ToArray();

    /// <param name="args">The peer's name, workers, partitions, capacity of a partition.</param>
    public static async Task RunAsync(string[] args)
    {
        var numbers = args[1..].Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        var peer = Peers.Open(args[0], new Limits(numbers[0], numbers[1], numbers[2]));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        peer.Configure(builder);
        var app = builder.Build();

        var arrivals = new Arrivals();
        app.Use(next => context =>
        {
            arrivals.Count();
            return next(context);
        });
        app.UseRouting();
        peer.Use(app);
        Map(app, peer, arrivals);

        await app.StartAsync();
        Console.WriteLine(app.Urls.Select(url => new Uri(url)).First().Port);
        // The parent closes this process's input when it is done, or has ended.
        await Console.In.ReadToEndAsync();
        Environment.Exit(0);
    }

    private static void Map(WebApplication app, Peer peer, Arrivals arrivals)
    {
        var backend = new Backend();
        var gate = new TaskCompletionSource();

        void Protected(string path, RequestDelegate handler) => peer.Protect(app.MapGet(path, handler));

        Protected("/hello", static context => Answer(context));
        Protected("/work", async context =>
        {
            await backend.WorkAsync(context.RequestAborted);
            await Answer(context);
        });
        // Parked in the handler until the gate opens: the shortest way to do so, and the shortest way that notices a
        // client that leaves.
        Protected("/park", async _ => await gate.Task);
        Protected("/park-noticing", async context => await gate.Task.WaitAsync(context.RequestAborted));

        app.MapGet("/stats", () => $"{arrivals.Total} {backend.Finished} {backend.Wasted}");
        app.MapGet("/memory", () => $"{LiveBytes()} {Environment.WorkingSet}");
        app.MapGet("/open", () =>
        {
            gate.TrySetResult();
            return "open";
        });
    }

    private static Task Answer(HttpContext context)
    {
        context.Response.ContentLength = Hello.Length;
        return context.Response.Body.WriteAsync(Hello).AsTask();
    }

    private static long LiveBytes()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private sealed class Arrivals
    {
        private int _total;

        public int Total => Volatile.Read(ref _total);

        public void Count() => Interlocked.Increment(ref _total);
    }
}
