using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Benchmarks;

/// <summary>A pipeline and the one context with which it is called repeatedly.</summary>
public sealed class Caller(Pipeline pipeline)
{
    private readonly HttpContext _context = pipeline.NewContext();

    public Task InvokeAsync() => pipeline.InvokeAsync(_context);

    /// <summary>Calls with a response as clean as a new request's.</summary>
    public Task InvokeCleanAsync()
    {
        _context.Response.StatusCode = StatusCodes.Status200OK;
        _context.Response.Headers.Clear();
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
