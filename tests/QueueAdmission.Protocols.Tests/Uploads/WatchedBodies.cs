using System.Collections.Concurrent;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Uploads;

/// <summary>
/// Records, for each path, how much of the request body has been read, and the exception of the handler.
/// </summary>
internal sealed class WatchedBodies
{
    private readonly ConcurrentDictionary<string, ReadWatch> _watches = new();
    private readonly ConcurrentDictionary<string, Exception> _failures = new();

    public ReadWatch this[string path] => _watches[path];

    public Task UntilReadingAsync(string path, long bytes) =>
        Patience.UntilAsync(
            () => _watches.TryGetValue(path, out var watch) && watch.Bytes >= bytes,
            $"{bytes} bytes of {path} were read");

    public Task UntilFailedAsync(string path) =>
        Patience.UntilAsync(() => _failures.ContainsKey(path), $"reading {path} failed");

    public async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        string path = context.Request.Path!;
        context.Request.Body = _watches[path] = new ReadWatch(context.Request.Body);
        try
        {
            await next(context);
        }
        catch (Exception failure)
        {
            _failures[path] = failure;
            throw;
        }
    }
}
