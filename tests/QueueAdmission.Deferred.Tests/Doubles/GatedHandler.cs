using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred.Doubles;

/// <summary>A handler that counts its runs, and that blocks until a test releases it.</summary>
internal sealed class GatedHandler
{
    private readonly SemaphoreSlim _exit = new(0);
    private int _runs;

    public int Runs => Volatile.Read(ref _runs);

    /// <summary>Counts a run.</summary>
    /// <returns>The number of the run.</returns>
    public int Enter() => Interlocked.Increment(ref _runs);

    public void Release(int runs = 1) => _exit.Release(runs);

    public Task ExitAsync(CancellationToken token) => _exit.WaitAsync(token);

    /// <summary>Waits until a run has started.</summary>
    public Task RunningAsync() => Eventually.TrueAsync(() => Runs > 0);

    /// <summary>Waits for the release, and then answers with the body of the request.</summary>
    public async Task<string> EchoAsync(HttpContext context)
    {
        Enter();
        await ExitAsync(context.RequestAborted);
        return $"real {await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted)}";
    }
}
