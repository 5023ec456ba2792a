using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission.Deferred;

/// <summary>The body of a request in memory. Its size counts toward a budget until it is disposed.</summary>
internal sealed class CapturedBody : IDisposable
{
    private const int FirstChunk = 4_096;

    private readonly BodyBudget _budget;
    private byte[]? _bytes;
    private long _taken;

    private CapturedBody(BodyBudget budget) => _budget = budget;

    public enum Outcome
    {
        Captured,
        TooLarge,
        NoMemory,
    }

    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Whether the request has a body, even if the body is empty.</summary>
    public bool Exists { get; private set; }

    /// <summary>
    /// Reads the whole body. Binding cannot read the original stream afterwards, and has to use <see cref="OpenRead"/>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="max">The maximum size of the body in bytes.</param>
    /// <param name="budget">Limits the memory of all bodies.</param>
    /// <exception cref="InvalidOperationException">A middleware has already read the body.</exception>
    public static async ValueTask<(Outcome Outcome, CapturedBody? Body)> ReadAsync(
        HttpContext context, int max, BodyBudget budget)
    {
        var body = new CapturedBody(budget);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return (Outcome.Captured, body);
        }
        body.Exists = true;
        if (context.Request.ContentLength > max)
        {
            return (Outcome.TooLarge, null);
        }
        Rewind(context);
        try
        {
            var outcome = await body.ReadAsync(context.Request, max, context.RequestAborted);
            if (outcome == Outcome.Captured)
            {
                return (outcome, body);
            }
            body.Dispose();
            return (outcome, null);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public Stream OpenRead() =>
        _bytes is null ? Stream.Null : new MemoryStream(_bytes, 0, Bytes.Length, writable: false);

    public void Dispose()
    {
        (_bytes, Bytes) = (null, default);
        _budget.Return(Interlocked.Exchange(ref _taken, 0));
    }

    private async Task<Outcome> ReadAsync(HttpRequest request, int max, CancellationToken aborted)
    {
        var announced = request.ContentLength;
        var buffer = announced is 0 ? [] : Take((int)(announced ?? Math.Min(FirstChunk, max + 1L)));
        if (buffer is null)
        {
            return Outcome.NoMemory;
        }
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length == announced)
                {
                    break;
                }
                if (Take((int)Math.Min(Math.Max(1, length), max + 1L - length)) is not { } more)
                {
                    return Outcome.NoMemory;
                }
                Array.Resize(ref buffer, length + more.Length);
            }
            var read = await request.Body.ReadAsync(buffer.AsMemory(length), aborted);
            if (read == 0)
            {
                break;
            }
            length += read;
            if (length > max)
            {
                return Outcome.TooLarge;
            }
        }
        if (length < announced)
        {
            throw ReadBefore();
        }
        _bytes = buffer;
        Bytes = buffer.AsMemory(0, length);
        return Outcome.Captured;
    }

    private byte[]? Take(int bytes)
    {
        if (!_budget.TryTake(bytes))
        {
            return null;
        }
        _taken += bytes;
        return new byte[bytes];
    }

    /// <summary>Rewinds a body that an outer middleware has buffered and read.</summary>
    private static void Rewind(HttpContext context)
    {
        if (context.Request.Body.CanSeek)
        {
            context.Request.Body.Position = 0;
        }
        else if (context.Features.Get<IFormFeature>() is { Form: not null })
        {
            throw ReadBefore();
        }
    }

    private static InvalidOperationException ReadBefore() => new(
        "The body of a request to be deferred was read before UseQueuedAdmission captured it. "
        + "Call UseQueuedAdmission before the middleware that reads the body, such as UseAntiforgery, "
        + "or let that middleware buffer the body.");
}
