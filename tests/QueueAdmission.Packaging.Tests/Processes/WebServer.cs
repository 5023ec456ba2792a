using System.Diagnostics;

namespace QueueAdmission.Packaging.Processes;

/// <summary>A web program that runs on a free loopback port, and a client for it.</summary>
internal sealed class WebServer : IDisposable
{
    private const string Announcement = "Now listening on: ";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly BoundedProcess _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WebServer(ProcessStartInfo start)
    {
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add("http://127.0.0.1:0");
        _process = new BoundedProcess(start, FindAddress);
    }

    public HttpClient Client { get; } = new() { Timeout = Limit };

    public static async Task<WebServer> StartAsync(ProcessStartInfo start)
    {
        var server = new WebServer(start);
        try
        {
            server.Client.BaseAddress = await server._address.Task.WaitAsync(Limit);
            return server;
        }
        catch (TimeoutException)
        {
            server.Dispose();
            throw new TimeoutException($"The server did not start:\n{server._process.Output}");
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        _process.Dispose();
    }

    private void FindAddress(string line)
    {
        var at = line.IndexOf(Announcement, StringComparison.Ordinal);
        if (at >= 0)
            _address.TrySetResult(new Uri(line[(at + Announcement.Length)..]));
    }
}
