using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Doubles;

/// <summary>A handler that answers with the name of its queue.</summary>
internal static class QueueReport
{
    public const string NotQueued = "not queued";

    public static string Of(HttpContext context) => context.Features.Get<IQueueFeature>()?.Queue.Name ?? NotQueued;
}
