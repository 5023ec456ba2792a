using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Shows after a wait whether the request ended during the wait.</summary>
/// <remarks>
/// <para>A middleware in front can answer while the rest of the pipeline runs on. The context may then be over or
/// belong to the next request. That request must get neither the handler nor the answer of the former request.</para>
/// <para>Before a wait, the flow adds a mark to the features of the request. After the wait, it looks for the mark. The
/// mark is gone if the request has ended, because a server clears the features for each request. The token
/// <see cref="HttpContext.RequestAborted"/> is no substitute, because Kestrel uses one token for several
/// requests.</para>
/// </remarks>
internal sealed class RequestMark
{
    /// <summary>Returns the mark of the request to which the context belongs now. Adds the mark if necessary.</summary>
    public static RequestMark Of(HttpContext context)
    {
        if (context.Features.Find<RequestMark>() is not { } mark)
        {
            context.Features.Put(mark = new RequestMark());
        }
        return mark;
    }

    /// <summary>Returns whether the context still belongs to the request of this mark.</summary>
    public bool IsOn(HttpContext context)
    {
        try
        {
            return context.Features.Find<RequestMark>() == this;
        }
        catch (ObjectDisposedException)
        {
            // The server has removed the features from the context, and does not yet use it for another request.
            return false;
        }
    }
}
