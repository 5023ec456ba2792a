using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The handlers of the dashboard's endpoints for steering.</summary>
internal sealed class SteeringEndpoints(DashboardEndpoints dashboard, SteeringGate gate)
{
    private const string SettingKey = "setting";
    private const int MaxBytes = 4_096;

    /// <summary>Overrides a setting.</summary>
    public Task SetAsync(HttpContext context) => WithTarget(context, async (queue, target) =>
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new SteeringException(
                StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.");
        }
        var request = await ReadAsync(context);
        if (request.Duration < QueueOverrides.MinDuration || request.Duration > QueueOverrides.MaxDuration)
        {
            throw new SteeringException(
                StatusCodes.Status400BadRequest,
                $"minutes is {request.Minutes}; allowed: {QueueOverrides.MinDuration.TotalMinutes} to " +
                $"{QueueOverrides.MaxDuration.TotalMinutes}.");
        }
        if (request.ValueText is not { } value || !target.Understands(value))
        {
            throw new SteeringException(
                StatusCodes.Status400BadRequest,
                $"value is not a valid value of {target.Name}; allowed: {target.Allowed}.");
        }
        dashboard.Overrides.Set(queue, target, value, request.Duration, OperatorName.Of(context.User));
        await ShowAsync(context, queue);
    });

    /// <summary>Ends an override early. Does nothing if there is none.</summary>
    public Task UndoAsync(HttpContext context) => WithTarget(context, (queue, target) =>
    {
        dashboard.Overrides.Undo(queue, target, OperatorName.Of(context.User));
        return ShowAsync(context, queue);
    });

    private Task WithTarget(HttpContext context, Func<RequestQueue, OverrideTarget, Task> act) =>
        gate.PassAsync(context, "The queue was not changed.", async () =>
        {
            if (context.Request.RouteValues[SettingKey] is not string name
                || dashboard.Overrides.Targets.Find(name) is not { } target)
            {
                var names = string.Join(", ", dashboard.Overrides.Targets.All.Select(known => known.Name));
                throw new SteeringException(
                    StatusCodes.Status404NotFound, $"There is no such override; allowed: {names}.");
            }
            await dashboard.WithQueue(context, queue => act(queue, target));
        });

    private Task ShowAsync(HttpContext context, RequestQueue queue) =>
        ReportWriter.WriteAsync(context, dashboard.Reporter.Describe(queue), ReportJson.Default.QueueStatus);

    /// <summary>Reads the body. A valid body is short. A long body is refused before all of it has been read.</summary>
    private static async Task<OverrideRequest> ReadAsync(HttpContext context)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MaxBytes)
        {
            throw new SteeringException(
                StatusCodes.Status413PayloadTooLarge, $"The body is longer than {MaxBytes} bytes.");
        }
        try
        {
            return JsonSerializer.Deserialize(buffer.AsSpan(0, length), ReportJson.Default.OverrideRequest)
                ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new SteeringException(
                StatusCodes.Status400BadRequest, """The body must be like {"value": 4, "minutes": 15}.""");
        }
    }
}
