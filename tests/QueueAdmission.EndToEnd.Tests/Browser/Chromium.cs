using System.Diagnostics;
using QueueAdmission.EndToEnd.Browser;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace QueueAdmission.EndToEnd.Browser;

/// <summary>
/// A headless Chromium for all tests, with a separate profile. The tests control the browser over the DevTools
/// protocol, so no driver package is needed.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly string[] Places =
    [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];

    private Process? _process;
    private DirectoryInfo? _profile;
    private DevTools? _tools;

    /// <summary>
    /// The path of Chromium or Chrome. Null if none is installed. The environment variable <c>CHROMIUM</c> takes
    /// precedence.
    /// </summary>
    public static string? Path { get; } = Find();

    public async ValueTask InitializeAsync()
    {
        if (Path is null)
            return;
        _profile = Directory.CreateTempSubdirectory("queue-admission-browser-");
        var start = new ProcessStartInfo(Path) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in Arguments(_profile))
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{Path} did not start.");
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _tools = await DevTools.ConnectAsync(await ReadAddressAsync(_profile, _process));
    }

    /// <summary>Opens a page in a separate session, without the cookies and the storage of other pages.</summary>
    internal async Task<Page> OpenPageAsync()
    {
        var session = await _tools!.SendAsync("Target.createBrowserContext");
        var target = await _tools!.SendAsync(
            "Target.createTarget",
            new()
            {
                ["url"] = "about:blank",
                ["browserContextId"] = session.GetProperty("browserContextId").GetString(),
            });
        var attached = await _tools!.SendAsync(
            "Target.attachToTarget",
            new() { ["targetId"] = target.GetProperty("targetId").GetString(), ["flatten"] = true });
        return await Page.OpenAsync(_tools!, attached.GetProperty("sessionId").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        if (_tools is not null)
            await _tools.DisposeAsync();
        if (_process is not null)
        {
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        try
        {
            _profile?.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser still writes to the folder. The folder is temporary, so it may remain.
        }
    }

    private static string[] Arguments(DirectoryInfo profile) =>
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--no-default-browser-check", "--hide-scrollbars",
        "--disable-background-networking", "--disable-component-update", "--disable-extensions",
        "--force-color-profile=srgb",
        // One foreign host name resolves to this machine, as that of an attacker would. No other name resolves.
        $"--host-resolver-rules=MAP {DashboardServer.ForeignName} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, " +
            $"EXCLUDE localhost",
        "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank",
    ];

    /// <summary>
    /// Reads the DevTools address of the browser. The browser writes the address into its profile when it is ready.
    /// </summary>
    private static async Task<Uri> ReadAddressAsync(DirectoryInfo profile, Process process)
    {
        var file = System.IO.Path.Combine(profile.FullName, "DevToolsActivePort");
        string[] lines = [];
        await Patience.UntilAsync(() =>
        {
            if (process.HasExited)
                Assert.Fail($"{Path} ended with {process.ExitCode}.");
            lines = File.Exists(file) ? ReadLines(file) : [];
            return Task.FromResult(lines.Length >= 2);
        }, "the browser is ready");
        return new Uri($"ws://127.0.0.1:{lines[0]}{lines[1]}");
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);
        return new[] { Environment.GetEnvironmentVariable("CHROMIUM") }
            .Concat(Names.SelectMany(name => folders.Select(folder => System.IO.Path.Combine(folder, name))))
            .Concat(Places)
            .FirstOrDefault(File.Exists);
    }
}
