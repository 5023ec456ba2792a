using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Benchmarks;

/// <summary>A pipeline and the one context with which it is called repeatedly.</summary>
public sealed class Caller(Pipeline pipeline)
{
    private readonly DefaultHttpContext _context = pipeline.NewContext();

    public Task InvokeAsync() => pipeline.InvokeAsync(_context);

    /// <summary>Calls with a clean response, and with a context that the host has set up for a new request.</summary>
    /// <remarks>
    /// A server's context object is used again, but it forgets which features it has found. Without this step, only
    /// a middleware that sets a feature would have to find them again.
    /// </remarks>
    public Task InvokeCleanAsync()
    {
        _context.Response.StatusCode = StatusCodes.Status200OK;
        _context.Response.Headers.Clear();
        var features = _context.Features;
        _context.Uninitialize();
        _context.Initialize(features);
        return pipeline.InvokeAsync(_context);
    }

    /// <summary>
    /// Fills a pipeline of one worker and one place with requests that never end, so that each further request is
    /// refused.
    /// </summary>
    /// <exception cref="InvalidOperationException">The next request was not refused.</exception>
    public void FillUp()
    {
        _ = pipeline.InvokeAsync(pipeline.NewContext());
        _ = pipeline.InvokeAsync(pipeline.NewContext());
        if (!InvokeCleanAsync().IsCompletedSuccessfully
            || _context.Response.StatusCode != StatusCodes.Status503ServiceUnavailable)
            throw new InvalidOperationException("The third request was not refused.");
    }
}
