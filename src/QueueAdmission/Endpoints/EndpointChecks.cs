using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;

namespace QueueAdmission;

/// <summary>Finds errors in the queue metadata of endpoints, before the server listens.</summary>
internal static class EndpointChecks
{
    /// <summary>Throws if there are problems.</summary>
    /// <exception cref="InvalidOperationException">There are problems. The message contains all of them.</exception>
    public static void ThrowIfAny(IEnumerable<string> problems)
    {
        var distinct = problems.Distinct().ToList();
        if (distinct.Count > 0)
        {
            throw new InvalidOperationException(
                "UseQueuedAdmission cannot start: " + string.Join(Environment.NewLine, distinct));
        }
    }

    public static string DescribeUnknownQueue(Endpoint endpoint, string queueName, string section)
    {
        var names = $"The endpoint '{NameOf(endpoint)}' names the queue '{queueName}'";
        return QueueName.IsValid(queueName)
            ? $"{names}, which does not exist. Add it to the configuration: " +
                $"{PasteableJson.ForQueue(section, queueName)}, " +
                $"or in code: AddQueuedAdmission(o => o.AddQueue(\"{queueName}\"))."
            : $"{names}, which is not a queue name; allowed: {QueueName.Allowed}.";
    }

    /// <returns>A description of the invalid priority or weight. Null if both are valid.</returns>
    public static string? FindBadTrait(Endpoint endpoint, QueuedAttribute queued)
    {
        if (!Enum.IsDefined(queued.Priority))
        {
            var allowed = string.Join(", ", Enum.GetValues<JobPriority>().Order());
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The endpoint '{NameOf(endpoint)}' has the Priority {(int)queued.Priority}; allowed: {allowed}.");
        }
        if (queued.Weight is < 1 or > JobQueueOptions.WorkersLimit)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The endpoint '{NameOf(endpoint)}' has the Weight {queued.Weight}; " +
                $"allowed: 1 to the queue's Workers.");
        }
        return null;
    }

    public static string DescribeTooHeavy(Endpoint endpoint, QueueAssignment assignment)
    {
        var queue = assignment.Queue!;
        var settings = queue.Settings.Engine;
        var cap = settings.MaxWorkersPerKey is { } most
            ? $", of which a caller may hold {most} ({nameof(settings.MaxWorkersPerKey)})"
            : "";
        return $"The endpoint '{NameOf(endpoint)}' needs {assignment.Traits.Weight} workers (Weight), " +
            $"but its queue '{queue.Name}' has {queue.Queue.Engine.MaxWeight}{cap}.";
    }

    public static string NameOf(Endpoint endpoint) =>
        endpoint.DisplayName ?? (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.ToString() ?? "?";

    /// <summary>Finds queue attributes on the handler methods of a Razor page and on the methods of a hub.</summary>
    /// <remarks>
    /// ASP.NET Core ignores attributes there, because all methods of a page or a hub run behind one endpoint.
    /// </remarks>
    public static IEnumerable<string> FindIgnoredAttributes(Endpoint endpoint)
    {
        foreach (var method in MethodsBehind(endpoint))
        {
            if (method.IsDefined(typeof(QueuedAttribute)) || method.IsDefined(typeof(DisableQueueAttribute)))
            {
                var type = method.DeclaringType?.Name;
                yield return $"The method '{type}.{method.Name}' has a queue attribute, " +
                    $"but ASP.NET Core ignores attributes there: put it on the class '{type}'.";
            }
        }
    }

    [UnconditionalSuppressMessage(
        "Trimming", "IL2075",
        Justification = "A hub method that was trimmed away never runs, so its attribute has no effect.")]
    private static IEnumerable<MethodInfo> MethodsBehind(Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<CompiledPageActionDescriptor>() is { } page)
        {
            return page.HandlerMethods.Select(handler => handler.MethodInfo);
        }
        return endpoint.Metadata.GetMetadata<HubMetadata>() is { } hub ? hub.HubType.GetMethods() : [];
    }
}
