using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Endpoints;

public sealed class DeferDescriptionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Document_HasTheAnswerAndTheHeaders(bool hasControllers)
    {
        var paths = await DocumentAsync(hasControllers);

        var always = paths.GetProperty("/always").GetProperty("post");
        Assert.Equal("200 202 400 422 503", StatusesOf(always));
        Assert.Equal(("Idempotency-Key", "header", false), Assert.Single(HeadersOf(always)));
        Assert.Equal(
            "#/components/schemas/AcceptedView",
            always.GetProperty("responses").GetProperty("202").GetProperty("content").GetProperty("application/json")
                .GetProperty("schema").GetProperty("$ref").GetString());
        Assert.True(
            always.GetProperty("responses").GetProperty("422").GetProperty("content")
                .TryGetProperty("application/problem+json", out _));
        Assert.Contains(
            "UUID",
            always.GetProperty("parameters")[0].GetProperty("description").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Document_FollowsTheOptions(bool hasControllers)
    {
        var paths = await DocumentAsync(hasControllers);

        Assert.Equal(
            [("Idempotency-Key", "header", true)], HeadersOf(paths.GetProperty("/required").GetProperty("post")));
        Assert.Empty(HeadersOf(paths.GetProperty("/ignored").GetProperty("post")));
        Assert.Equal("200 202 503", StatusesOf(paths.GetProperty("/ignored").GetProperty("post")));
        Assert.Equal(
            [("Idempotency-Key", "header", false), ("Prefer", "header", false)],
            HeadersOf(paths.GetProperty("/preferred").GetProperty("post")));
        Assert.Empty(HeadersOf(paths.GetProperty("/plain").GetProperty("post")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Document_WhatTheEndpointDescribesItself_Stays(bool hasControllers)
    {
        var own = (await DocumentAsync(hasControllers)).GetProperty("/own").GetProperty("post");

        Assert.Equal(("Idempotency-Key", "header", true), Assert.Single(HeadersOf(own)));
        Assert.True(
            own.GetProperty("responses").GetProperty("422").GetProperty("content").TryGetProperty("text/plain", out _));
    }

    [Fact]
    public async Task Document_Controller_HasTheHeaders()
    {
        var action = (await DocumentAsync(hasControllers: true)).GetProperty("/preferred-action").GetProperty("post");

        Assert.Equal([("Idempotency-Key", "header", true), ("Prefer", "header", false)], HeadersOf(action));
        Assert.Contains("202", StatusesOf(action), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> DocumentAsync(bool hasControllers)
    {
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/always", () => "x").WithQueue("posts").Defer();
                app.MapPost("/required", () => "x").WithQueue("posts")
                    .Defer(configure: o => o.IdempotencyKey = IdempotencyKeyUse.Required);
                app.MapPost("/ignored", () => "x").WithQueue("posts")
                    .Defer(configure: o => o.IdempotencyKey = IdempotencyKeyUse.Ignored);
                app.MapPost("/preferred", () => "x").WithQueue("posts").Defer(DeferWhen.Preferred);
                app.MapPost("/own", ([FromHeader(Name = "Idempotency-Key")] string key) => key)
                    .Produces<string>(422, "text/plain").WithQueue("posts").Defer();
                app.MapPost("/plain", () => "x").WithQueue("posts");
                if (hasControllers)
                    app.MapControllers();
                app.MapOpenApi();
            },
            services =>
            {
                services.AddOpenApi();
                if (hasControllers)
                    services.AddControllers().Only(typeof(PreferredController));
            });
        var text = await app.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        return JsonDocument.Parse(text).RootElement.GetProperty("paths");
    }

    private static string StatusesOf(JsonElement operation) =>
        string.Join(
            ' ',
            operation.GetProperty("responses").EnumerateObject().Select(response => response.Name)
                .Order(StringComparer.Ordinal));

    private static List<(string, string, bool)> HeadersOf(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
        ? [.. parameters.EnumerateArray().Select(parameter => (
            parameter.GetProperty("name").GetString()!,
            parameter.GetProperty("in").GetString()!,
            parameter.TryGetProperty("required", out var required) && required.GetBoolean()))]
        : [];
}
