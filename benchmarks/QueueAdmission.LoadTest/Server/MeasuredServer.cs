using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Server;

/// <summary>The server process: Kestrel, the middleware of one peer, and the endpoints behind it.</summary>
internal static class MeasuredServer
{
    private static readonly byte[] Hello = "Hello, World!"u8.ToArray();

    /// <param name="args">
    /// The name of the peer, and the numbers of workers, of partitions, and of places in each partition.
    /// </param>
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
        // The input ends when the parent process closes it or exits.
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
        // These handlers wait until the gate opens: first with as little code as possible, then in the shortest way
        // that notices a client leaving.
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
