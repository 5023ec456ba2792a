using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Benchmarks;

/// <summary>A pipeline, and the context with which it is called repeatedly.</summary>
public sealed class Caller(Pipeline pipeline)
{
    private readonly DefaultHttpContext _context = pipeline.NewContext();

    public Task InvokeAsync() => pipeline.InvokeAsync(_context);

    /// <summary>
    /// Calls the pipeline with a cleared response, and with a context that is set up for a new request as a server
    /// does.
    /// </summary>
    /// <remarks>
    /// A server reuses its context objects, but resets their caches of the features. Without this step, only a
    /// middleware that sets a feature would pay for looking the features up again.
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
    /// Fills a pipeline that has one worker and one place with requests that never end. Each further request is then
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
