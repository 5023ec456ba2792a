namespace QueueAdmission;

/// <summary>
/// Describes why a queue rejected a request. Each rejected request has this feature in <c>HttpContext.Features</c>.
/// </summary>
/// <remarks>
/// <para>The feature is set before anything is written, for the queue of an endpoint and for <c>EnterQueueAsync</c>. It
/// is available to <c>OnRejected</c>, to middlewares in front of the queue and to re-executed error pages. A request
/// has no such feature if it was admitted, if its client left during the wait, or if QueueAdmission.Deferred accepted
/// the request for later.</para>
/// <para>If several queues rejected one request, the feature describes the last rejection.</para>
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
    /// <summary>The name of the queue that rejected the request.</summary>
    string QueueName { get; }

    /// <summary>The reason for the rejection.</summary>
    RejectionReason Reason { get; }

    /// <summary>
    /// How long the client should wait after the rejection before it tries again, in whole seconds. The value is
    /// between <see cref="JobQueueOptions.MinRetryAfter"/> and <see cref="JobQueueOptions.MaxRetryAfter"/>.
    /// </summary>
    TimeSpan RetryAfter { get; }

    /// <summary>How long the request waited before the rejection; zero if the queue rejected it at once.</summary>
    TimeSpan Waited { get; }
}
