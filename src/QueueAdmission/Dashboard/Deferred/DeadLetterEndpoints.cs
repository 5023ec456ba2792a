using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>The handlers of the dashboard's endpoints for dead letters.</summary>
internal sealed partial class DeadLetterEndpoints(IServiceProvider services, DashboardEndpoints dashboard)
{
    public const string ListAddress = "/~/dead";
    public const string LetterAddress = "/~/dead/{id}";
    public const string RedriveAddress = "/~/dead/{id}/redrive";

    private const string IdKey = "id";
    private const int DefaultMax = 100;
    private const int Max = 1_000;
    private const string Unchanged = "The dead letter was not changed.";

    /// <summary>
    /// Whether the application may have deferred jobs. Otherwise the endpoints for dead letters are not mapped.
    /// </summary>
    public static bool AreNeeded(IServiceProvider services) =>
        services.GetService<IServiceProviderIsService>()?.IsService(typeof(IDeferredJobs)) ?? true;

    /// <summary>Lists dead letters, the latest first. They are read from the store.</summary>
    public async Task ListAsync(HttpContext context)
    {
        if (services.GetService<IDeferredJobs>() is not { } jobs)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var query = context.Request.Query;
        var max = DefaultMax;
        if (query["max"].ToString() is { Length: > 0 } wanted
            && !(int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out max)
                && max is >= 1 and <= Max))
        {
            await RefuseAsync(
                context,
                "The dead letters were not listed.",
                StatusCodes.Status400BadRequest,
                $"max must be 1 to {Max:N0}.");
            return;
        }
        var queue = query["queue"].ToString() is { Length: > 0 } name ? name : null;
        var forOperator = dashboard.Steering is not null && await dashboard.Steering.AllowsAsync(context);
        try
        {
            var letters = await jobs.ListDeadAsync(queue, max);
            var report = new DeadLetters
            {
                Letters = [.. letters.Select(letter => DeferredReporter.Describe(letter, forOperator))],
            };
            await ReportWriter.WriteAsync(context, report, ReportJson.Default.DeadLetters);
        }
        catch (JobStoreException away) when (!context.Response.HasStarted)
        {
            await RefuseAsync(
                context, "The dead letters were not listed.", StatusCodes.Status503ServiceUnavailable, away.Message);
        }
    }

    /// <summary>Lets a dead letter wait again.</summary>
    public RequestDelegate Redrive(SteeringGate gate, ILogger logger) => context => ChangeAsync(
        context, gate, RedriveAsync, (name, id) => LogRedriven(logger, name, id));

    /// <summary>Discards a dead letter.</summary>
    public RequestDelegate Discard(SteeringGate gate, ILogger logger) => context => ChangeAsync(
        context, gate, DiscardAsync, (name, id) => LogDiscarded(logger, name, id));

    private Task ChangeAsync(
        HttpContext context,
        SteeringGate gate,
        Func<IDeferredJobs, Guid, Task<bool>> change,
        Action<string, string> log) => gate.PassAsync(context, Unchanged, async () =>
    {
        if (services.GetService<IDeferredJobs>() is not { } jobs
            || !Guid.TryParseExact(context.Request.RouteValues[IdKey] as string, "N", out var id))
        {
            throw NoSuchLetter();
        }
        try
        {
            if (!await change(jobs, id))
            {
                throw NoSuchLetter();
            }
        }
        catch (JobStoreException away)
        {
            throw new SteeringException(StatusCodes.Status503ServiceUnavailable, away.Message);
        }
        log(OperatorName.Of(context.User), id.ToString("N", CultureInfo.InvariantCulture));
        SafeHeaders.SetForData(context.Response);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    });

    private static Task<bool> RedriveAsync(IDeferredJobs jobs, Guid id) => jobs.RedriveAsync(id);

    private static Task<bool> DiscardAsync(IDeferredJobs jobs, Guid id) => jobs.DiscardAsync(id);

    private static SteeringException NoSuchLetter() => new(
        StatusCodes.Status404NotFound,
        "There is no such dead letter. It may have been re-driven or discarded already.");

    private static Task RefuseAsync(HttpContext context, string title, int status, string detail) =>
        ReportWriter.WriteAsync(
            context, new DashboardProblem(title, status, detail), ReportJson.Default.DashboardProblem, status);

    [LoggerMessage(EventId = 83, EventName = "DeadLetterRedriven", Level = LogLevel.Warning,
        Message = "{Operator} re-drove the dead letter {Job}: it waits again, with all its attempts.")]
    private static partial void LogRedriven(ILogger logger, string @operator, string job);

    [LoggerMessage(EventId = 84, EventName = "DeadLetterDiscarded", Level = LogLevel.Warning,
        Message = "{Operator} discarded the dead letter {Job}: its request is removed.")]
    private static partial void LogDiscarded(ILogger logger, string @operator, string job);
}
