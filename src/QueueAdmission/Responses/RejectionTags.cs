using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>
/// Adds the queue and the reason of a rejection to what the host records about the request: its activity and the metric
/// <c>http.server.request.duration</c>.
/// </summary>
/// <remarks>
/// <para>The activity is read from the feature of the request, because <see cref="Activity.Current"/> may be a span of
/// a middleware. The number of distinct values is bounded by the queues of the application and the reasons.</para>
/// <para>If nothing is recorded, the host sets no feature, or the activity requests no data. Then nothing is allocated.
/// </para>
/// </remarks>
internal static class RejectionTags
{
    /// <summary>Sets both tags. Those of an earlier rejection of the same request are replaced.</summary>
    public static void Set(IFeatureCollection features, IQueueRejectionFeature rejection)
    {
        var activity = features.Find<IHttpActivityFeature>()?.Activity;
        var measured = features.Find<IHttpMetricsTagsFeature>();
        if (activity is { IsAllDataRequested: true } || measured is { MetricsDisabled: false })
        {
            // The application may implement the features. Their exceptions must not prevent the answer.
            ForeignCode.Run((activity, measured, rejection), static state =>
            {
                Tag(state.activity, state.rejection);
                Tag(state.measured, state.rejection);
            });
        }
    }

    private static void Tag(Activity? activity, IQueueRejectionFeature rejection)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(QueueTags.Queue, rejection.QueueName);
            activity.SetTag(QueueTags.Reason, rejection.Reason.ToWireName());
        }
    }

    private static void Tag(IHttpMetricsTagsFeature? measured, IQueueRejectionFeature rejection)
    {
        if (measured is { MetricsDisabled: false, Tags: { } tags })
        {
            Replace(tags, QueueTags.Queue, rejection.QueueName);
            Replace(tags, QueueTags.Reason, rejection.Reason.ToWireName());
        }
    }

    private static void Replace(ICollection<KeyValuePair<string, object?>> tags, string name, string value)
    {
        // The measurement would contain a repeated tag twice.
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                tags.Remove(tag);
                break;
            }
        }
        tags.Add(new KeyValuePair<string, object?>(name, value));
    }
}
