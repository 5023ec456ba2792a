using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueueAdmission.Docs.Settings;

namespace QueueAdmission.Docs.Snippets;

/// <summary>A program from a page, which runs in this process with the settings of its page.</summary>
internal sealed class ProgramRun : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly AsyncLocal<TaskCompletionSource<IHost>?> Awaited = new();

    private readonly DirectoryInfo _folder;
    private readonly Task _running;

    static ProgramRun() => DiagnosticListener.AllListeners.Subscribe(new HostWatch());

    private ProgramRun(DirectoryInfo folder, Task running, IHost host)
    {
        _folder = folder;
        _running = running;
        Host = host;
    }

    public IHost Host { get; }

    /// <summary>Starts the program, and returns when its host has started.</summary>
    /// <exception cref="InvalidOperationException">The program ended before its host had started.</exception>
    public static async Task<ProgramRun> StartAsync(Snippet program)
    {
        var main = SnippetCompiler.Compile(program).EntryPoint!;
        var folder = Directory.CreateTempSubdirectory("docs");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "appsettings.json"), Json.Whole(program.Settings ?? ""));
        string[] arguments = [
            "--contentRoot", folder.FullName, "--urls", "http://127.0.0.1:0", "--environment", "Development",
            "--hostBuilder:reloadConfigOnChange", "false", "--applicationName",
            main.DeclaringType!.Assembly.GetName().Name!,
            "--Logging:LogLevel:Default", "None",
        ];
        var built = new TaskCompletionSource<IHost>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Task.Factory.StartNew(() => Run(main, arguments, built), TaskCreationOptions.LongRunning);
        if (await Task.WhenAny(built.Task, running).WaitAsync(Bound) == running)
        {
            await running;
            throw new InvalidOperationException($"{program} ended without a host.");
        }

        var host = await built.Task;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        if (await Task.WhenAny(started.Task, running).WaitAsync(Bound) == running)
        {
            await running;
            throw new InvalidOperationException($"{program} ended before its host had started.");
        }
        return new ProgramRun(folder, running, host);
    }

    public async ValueTask DisposeAsync()
    {
        Host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _running.WaitAsync(Bound);
        _folder.Delete(recursive: true);
    }

    private static void Run(MethodInfo main, string[] arguments, TaskCompletionSource<IHost> built)
    {
        Awaited.Value = built;
        try
        {
            // For an asynchronous Main, the entry point is the synchronous method that the compiler generates.
            main.Invoke(null, main.GetParameters().Length == 0 ? [] : [arguments]);
        }
        catch (TargetInvocationException failure) when (failure.InnerException is { } reason)
        {
            throw new InvalidOperationException($"The program failed: {reason.Message}", reason);
        }
    }

    /// <summary>
    /// Passes each built host to the test whose program built it, like the test host factory of ASP.NET Core.
    /// </summary>
    private sealed class HostWatch : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
                value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilt", Value: IHost host })
                Awaited.Value?.TrySetResult(host);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
