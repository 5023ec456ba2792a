namespace QueueAdmission;

/// <summary>Why a queue rejected a request. It is on <c>HttpContext.Features</c> of each rejected request.</summary>
/// <remarks>
/// <para>The feature is set before anything is written, for the queue of an endpoint and for <c>EnterQueueAsync</c>. So
/// <c>OnRejected</c>, middlewares in front of the queue and re-executed error pages find it. A request that was
/// admitted, or whose client left while it waited, has no such feature.</para>
/// <para>Where several queues rejected one request, the feature describes the last rejection.</para>
/// <code>
/// app.Use(async (context, next) =>
/// {
///     await next(context);
///     if (context.Features.Get&lt;IQueueRejectionFeature&gt;() is { } rejection)
///         logger.LogInformation("{Queue}: {Reason}", rejection.QueueName, rejection.Reason.ToWireName());
/// });
/// </code>
/// </remarks>
public interface IQueueRejectionFeature
{
    /// <summary>The name of the queue.</summary>
    string QueueName { get; }

    /// <summary>The reason.</summary>
    RejectionReason Reason { get; }

    /// <summary>
    /// When the client should try again, counted from the rejection: whole seconds between
    /// <see cref="JobQueueOptions.MinRetryAfter"/> and <see cref="JobQueueOptions.MaxRetryAfter"/>.
    /// </summary>
    TimeSpan RetryAfter { get; }

    /// <summary>How long the request waited; zero if the queue rejected it at once.</summary>
    TimeSpan Waited { get; }
}
