using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Tells a flow that has waited whether its request ended meanwhile.</summary>
/// <remarks>
/// A middleware in front can answer and let the rest of the pipeline run on. The context may then be over, or belong to the
/// next request, which must get neither the handler nor the answer of this one. So a flow that is about to wait puts a mark on
/// the request's features, and looks for it afterwards: a server clears the features with each request. Kestrel's token for
/// <see cref="HttpContext.RequestAborted"/> would not do, since it serves one request after another.
/// </remarks>
internal sealed class RequestMark
{
    /// <summary>The mark of the request that the context belongs to now.</summary>
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
            // The server has taken the features off the context, and no other request has it yet.
            return false;
        }
    }
}
