using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Shows, after a wait, whether the request has ended meanwhile.</summary>
/// <remarks>
/// <para>A middleware in front can answer while the rest of the pipeline runs on. The context may then be over or
/// belong to the next request. That request must get neither the handler nor the answer of this one.</para>
/// <para>Before a wait, the flow puts a mark on the features of the request. After the wait, it looks for the mark. A
/// server clears the features with each request. The token <see cref="HttpContext.RequestAborted"/> is no substitute,
/// because Kestrel uses one token for several requests.</para>
/// </remarks>
internal sealed class RequestMark
{
    /// <summary>The mark of the request to which the context belongs now.</summary>
    public static RequestMark Of(HttpContext context)
    {
        if (context.Features.Find<RequestMark>() is not { } mark)
        {
            context.Features.Put(mark = new RequestMark());
        }
        return mark;
    }

    /// <summary>Whether the context still belongs to the request.</summary>
    public bool IsOn(HttpContext context)
    {
        try
        {
            return context.Features.Find<RequestMark>() == this;
        }
        catch (ObjectDisposedException)
        {
            // The server has taken the features off the context, and the context is not in use for another request yet.
            return false;
        }
    }
}
