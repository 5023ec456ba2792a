using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class HandlerContextTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handler_AfterTheQueue_RunsInTheContextOfItsRequest(bool afterWaiting)
    {
        Seen? before = null, inside = null;
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.Use(async (context, next) =>
            {
                using var activity = new Activity("request").Start();
                using var scope = app.Logger.BeginScope("scope of the request");
                Ambient.Value = "ambient";
                CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo("")
                {
                    NumberFormat = { NumberDecimalSeparator = "·" },
                };
                before = Seen.Now(app, "before");
                await next(context);
            });
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", _ =>
            {
                inside = Seen.Now(app, "inside");
                return Task.CompletedTask;
            }).WithQueue("q");
        }, services => services.AddHttpContextAccessor());
        var queue = app.Queue("q");
        using var occupied = afterWaiting ? queue.TryEnter() : default;
        var response = afterWaiting ? await app.GetAndWaitInLineAsync("/", queue) : app.GetAsync("/");

        occupied.Dispose();
        (await response).Dispose();

        Assert.NotNull(before);
        Assert.Equal(before, inside);
        Assert.Equal(
            ("ambient", "·", "request"),
            (inside!.Ambient, inside.Culture.NumberFormat.NumberDecimalSeparator, inside.Activity?.OperationName));
        Assert.NotNull(inside.Context);
        var scopes = app.Log.GetSnapshot().Where(record => record.Message is "before" or "inside")
            .Select(record => record.Scopes.Contains("scope of the request"));
        Assert.Equal([true, true], scopes);
    }

    private sealed record Seen(
        Activity? Activity, string? Ambient, HttpContext? Context, CultureInfo Culture, CultureInfo UICulture)
    {
        public static Seen Now(WebApplication app, string message)
        {
            app.Logger.LogInformation("{Where}", message);
            return new Seen(
                Activity.Current,
                HandlerContextTests.Ambient.Value,
                app.Services.GetRequiredService<IHttpContextAccessor>().HttpContext,
                CultureInfo.CurrentCulture,
                CultureInfo.CurrentUICulture);
        }
    }
}
