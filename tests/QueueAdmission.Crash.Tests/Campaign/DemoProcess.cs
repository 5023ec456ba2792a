using System.Diagnostics;
using System.Net.Sockets;

namespace QueueAdmission.Crash.Campaign;

/// <summary>
/// The program samples/PostDemo: a front process that accepts posts, and a child process that runs the jobs.
/// </summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly AppProcess _front;
    private int? _worker;

    private DemoProcess(AppProcess front) => _front = front;

    public HttpClient Client => _front.Client;

    /// <summary>Starts the demo and waits until its front process listens.</summary>
    /// <param name="folder">The folder for the files of the demo.</param>
    /// <param name="arguments">Additional arguments.</param>
    public static async Task<DemoProcess> StartAsync(string folder, params string[] arguments) =>
        new(await AppProcess.StartAsync(Path.Combine("samples", "PostDemo"), ["--data", folder, .. arguments]));

    public async Task<DemoBooks> ReadAsync()
    {
        var books = (await Client.GetFromJsonAsync<DemoBooks>("/cache"))!;
        _worker = books.Process ?? _worker;
        return books;
    }

    /// <summary>
    /// Reads the counts until they are as expected. Throws if they have not changed for
    /// <see cref="AppProcess.Patience"/>.
    /// </summary>
    public async Task<DemoBooks> UntilAsync(Func<DemoBooks, bool> isSo, string what)
    {
        DemoBooks? books = null;
        for (var since = Stopwatch.GetTimestamp();
            Stopwatch.GetElapsedTime(since) < AppProcess.Patience;
            await Task.Delay(LookInterval))
        {
            var latest = await TryReadAsync();
            if (latest is not null && isSo(latest))
                return latest;
            if (latest is not null && latest != books)
                (books, since) = (latest, Stopwatch.GetTimestamp());
        }
        var output = string.Join('\n', _front.Output.Split('\n').TakeLast(20));
        throw new TimeoutException($"Waited too long until {what}. {books}\n{output}");
    }

    /// <summary>
    /// Waits until a process runs the jobs, and kills that process after a delay, as <c>kill -9</c> does.
    /// </summary>
    public async Task KillWorkerAsync(TimeSpan after)
    {
        var books = await UntilAsync(static books => books.Worker == "running", "a process runs the jobs");
        await Task.Delay(after);
        Kill(books.Process!.Value);
    }

    /// <summary>
    /// Kills both processes, as <c>kill -9</c> does. The front process is killed first, so that it does not start
    /// another child.
    /// </summary>
    public async Task KillAllAsync()
    {
        await _front.KillAsync();
        if (_worker is { } worker)
            Kill(worker);
    }

    /// <summary>Stops the front process gracefully, as an operator does. The child stops with it.</summary>
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
            // The process has already ended.
        }
    }

    private async Task<DemoBooks?> TryReadAsync()
    {
        try
        {
            return await ReadAsync();
        }
        catch (Exception exception)
            when (exception is HttpRequestException or SocketException or IOException)
        {
            // The store or the front process is temporarily unavailable.
            return null;
        }
    }
}
