using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;

namespace QueueAdmission;

/// <summary>What can be wrong with the queues of endpoints, found before the server listens.</summary>
internal static class EndpointChecks
{
    /// <exception cref="InvalidOperationException">With everything that is wrong.</exception>
    public static void ThrowIfAny(IEnumerable<string> problems)
    {
        var distinct = problems.Distinct().ToList();
        if (distinct.Count > 0)
            throw new InvalidOperationException("UseQueuedAdmission cannot start: " + string.Join(Environment.NewLine, distinct));
    }

    public static string DescribeUnknownQueue(Endpoint endpoint, string queueName, string section) => QueueName.IsValid(queueName)
        ? $$"""The endpoint '{{NameOf(endpoint)}}' names the queue '{{queueName}}', which does not exist. Add it to the configuration: {{PasteableJson.ForQueue(section, queueName)}}, or in code: AddQueuedAdmission(o => o.AddQueue("{{queueName}}"))."""
        : $"The endpoint '{NameOf(endpoint)}' names the queue '{queueName}', which is not a queue name; allowed: {QueueName.Allowed}.";

    /// <returns>Null if nothing is wrong with what the metadata says besides the queue's name.</returns>
    public static string? FindBadTrait(Endpoint endpoint, QueuedAttribute queued)
    {
        if (!Enum.IsDefined(queued.Priority))
            return string.Create(CultureInfo.InvariantCulture, $"The endpoint '{NameOf(endpoint)}' has the Priority {(int)queued.Priority}; allowed: {string.Join(", ", Enum.GetValues<JobPriority>().Order())}.");
        if (queued.Weight is < 1 or > JobQueueOptions.WorkersLimit)
            return string.Create(CultureInfo.InvariantCulture, $"The endpoint '{NameOf(endpoint)}' has the Weight {queued.Weight}; allowed: 1 to the queue's Workers.");
        return null;
    }

    public static string DescribeTooHeavy(Endpoint endpoint, QueueAssignment assignment)
    {
        var queue = assignment.Queue!;
        var settings = queue.Settings.Engine;
        var cap = settings.MaxWorkersPerKey is { } most ? $", of which a caller may hold {most} ({nameof(settings.MaxWorkersPerKey)})" : "";
        return $"The endpoint '{NameOf(endpoint)}' needs {assignment.Traits.Weight} workers (Weight), but its queue '{queue.Name}' has {settings.Workers}{cap}.";
    }

    public static string NameOf(Endpoint endpoint) =>
        endpoint.DisplayName ?? (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.ToString() ?? "?";

    /// <summary>ASP.NET Core ignores attributes on a page's handler methods and on a hub's methods: all of them run behind one endpoint.</summary>
    public static IEnumerable<string> FindIgnoredAttributes(Endpoint endpoint)
    {
        foreach (var method in MethodsBehind(endpoint))
        {
            if (method.IsDefined(typeof(QueuedAttribute)) || method.IsDefined(typeof(DisableQueueAttribute)))
                yield return $"The method '{method.DeclaringType?.Name}.{method.Name}' has a queue attribute, but ASP.NET Core ignores attributes there: put it on the class '{method.DeclaringType?.Name}'.";
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "A hub method that was trimmed away runs nowhere, so its attribute misleads no caller.")]
    private static IEnumerable<MethodInfo> MethodsBehind(Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<CompiledPageActionDescriptor>() is { } page)
            return page.HandlerMethods.Select(handler => handler.MethodInfo);
        return endpoint.Metadata.GetMetadata<HubMetadata>() is { } hub ? hub.HubType.GetMethods() : [];
    }
}
