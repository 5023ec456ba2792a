using System.Diagnostics;

namespace QueueAdmission.Crash.Campaign;

/// <summary>The program samples/PostDemo: a front that accepts, and its child that runs the jobs.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly AppProcess _front;
    private int? _worker;

    private DemoProcess(AppProcess front) => _front = front;

    public HttpClient Client => _front.Client;

    /// <summary>Starts the demo and waits until its front listens.</summary>
    /// <param name="folder">The folder of its files.</param>
    /// <param name="arguments">Further arguments.</param>
    public static async Task<DemoProcess> StartAsync(string folder, params string[] arguments) =>
        new(await AppProcess.StartAsync(Path.Combine("samples", "PostDemo"), ["--data", folder, .. arguments]));

    public async Task<DemoBooks> ReadAsync()
    {
        var books = (await Client.GetFromJsonAsync<DemoBooks>("/cache"))!;
        _worker = books.Process ?? _worker;
        return books;
    }

    /// <summary>Reads the books until they are as expected. It gives up when they do not change for long.</summary>
    public async Task<DemoBooks> UntilAsync(Func<DemoBooks, bool> isSo, string what)
    {
        DemoBooks? books = null;
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < AppProcess.Patience; await Task.Delay(LookInterval))
        {
            var latest = await TryReadAsync();
            if (latest is not null && isSo(latest))
                return latest;
            if (latest is not null && latest != books)
                (books, since) = (latest, Stopwatch.GetTimestamp());
        }
        throw new TimeoutException($"Waited too long until {what}. {books}\n{string.Join('\n', _front.Output.Split('\n').TakeLast(20))}");
    }

    /// <summary>Waits until a process runs the jobs, and ends it after a while, as <c>kill -9</c> does.</summary>
    public async Task KillWorkerAsync(TimeSpan after)
    {
        var books = await UntilAsync(static books => books.Worker == "running", "a process runs the jobs");
        await Task.Delay(after);
        Kill(books.Process!.Value);
    }

    /// <summary>Ends both processes, as <c>kill -9</c> does: first the front, so that it starts no other child.</summary>
    public async Task KillAllAsync()
    {
        await _front.KillAsync();
        if (_worker is { } worker)
            Kill(worker);
    }

    /// <summary>Lets the front stop as an operator stops it, and with it the child.</summary>
    public Task StopAsync() => _front.StopAsync();

    public ValueTask DisposeAsync() => _front.DisposeAsync();

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended already.
        }
    }

    private async Task<DemoBooks?> TryReadAsync()
    {
        try
        {
            return await ReadAsync();
        }
        catch (HttpRequestException)
        {
            // The store or the front is away for a moment.
            return null;
        }
    }
}
