using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

public class OpenApiTests
{
    [Fact]
    public async Task Document_DescribesEveryAddressWithItsTypes()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard =>
                dashboard.AllowAnonymous().AllowSteering("steer").IncludeInOpenApi(), services: services =>
                    services.AddOpenApi(), map: (web, _) => web.MapOpenApi());

        var document = (await app.AskAsync("/openapi/v1.json")).Json;

        var paths = document.GetProperty("paths");
        Assert.Equal(
            [
                "/queues",
                "/queues/{queue}",
                "/queues/{queue}/overrides/{setting}",
                "/queues/{queue}/running",
                "/queues/{queue}/waiting",
                "/queues/~/history",
            ],
            paths.EnumerateObject().Select(path => path.Name).Where(
                path => path.StartsWith("/queues", StringComparison.Ordinal)).Order());
        Assert.Equal("#/components/schemas/QueuesReport", SchemaOf(paths, "/queues", "get"));
        Assert.Equal("#/components/schemas/QueueStatus", SchemaOf(paths, "/queues/{queue}", "get"));
        Assert.Equal("#/components/schemas/HistoryReport", SchemaOf(paths, "/queues/~/history", "get"));
        Assert.Equal("#/components/schemas/WaitingJobs", SchemaOf(paths, "/queues/{queue}/waiting", "get"));
        Assert.Equal("#/components/schemas/RunningJobsReport", SchemaOf(paths, "/queues/{queue}/running", "get"));
        Assert.Equal("#/components/schemas/QueueStatus", SchemaOf(paths, "/queues/{queue}/overrides/{setting}", "put"));
        Assert.True(
            paths.GetProperty("/queues/{queue}/overrides/{setting}").GetProperty("put").TryGetProperty(
                "requestBody", out _));
        Assert.Equal(
            "queue",
            paths.GetProperty("/queues/{queue}").GetProperty("get").GetProperty("parameters")[0].GetProperty("name")
                .GetString());
        Assert.All(
            document.GetProperty("components")
                .GetProperty("schemas")
                .GetProperty("QueueStatus")
                .GetProperty("properties")
                .EnumerateObject(),
            property =>
                Assert.True(IsDescribed(property.Value), $"{property.Name} is not described."));

        // The schema of a nullable object is a choice of two schemas. The description is beside the reference in one of
        // them.
        static bool IsDescribed(JsonElement schema) =>
            schema.TryGetProperty("description", out _)
            || (schema.TryGetProperty("oneOf", out var schemas) && schemas.EnumerateArray().Any(IsDescribed));
    }

    [Fact]
    public async Task Document_ApplicationWithDeferredJobs_DescribesDeadLetters()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous().AllowSteering("steer").IncludeInOpenApi(),
            services: services => services.AddOpenApi().AddSingleton<IDeferredJobs>(new FixedDeferredJobs()),
            map: (web, _) => web.MapOpenApi());

        var paths = (await app.AskAsync("/openapi/v1.json")).Json.GetProperty("paths");

        Assert.Equal("#/components/schemas/DeadLetters", SchemaOf(paths, "/queues/~/dead", "get"));
        var steps = new[] { ("/queues/~/dead/{id}", "delete"), ("/queues/~/dead/{id}/redrive", "post") };
        foreach (var (path, method) in steps)
        {
            var operation = paths.GetProperty(path).GetProperty(method);
            Assert.Equal("id", operation.GetProperty("parameters")[0].GetProperty("name").GetString());
            Assert.True(operation.GetProperty("responses").TryGetProperty("204", out _));
        }
    }

    [Fact]
    public async Task Document_SteeringIsOff_DoesNotOfferIt()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous().IncludeInOpenApi(),
            services: services => services.AddOpenApi(),
            map: (web, _) => web.MapOpenApi());

        Assert.DoesNotContain(
            "overrides",
            (await app.AskAsync("/openapi/v1.json")).Json.GetProperty("paths").GetRawText(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_DashboardIsHidden_DoesNotNameIt()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowSteering("steer").IncludeInOpenApi(),
            services: services => services.AddOpenApi(),
            map: (web, _) =>
            {
                web.MapGet("/shop", () => "open");
                web.MapOpenApi();
            });

        var document = (await app.AskAsync("/openapi/v1.json")).Body;

        Assert.Contains("/shop", document, StringComparison.Ordinal);
        Assert.DoesNotContain("queues", document, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Document_DashboardNotAskedFor_DoesNotContainIt()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous().AllowSteering("steer"),
            services: services => services.AddOpenApi(),
            map: (web, _) =>
            {
                web.MapGet("/shop", () => "open");
                web.MapOpenApi();
            });

        var document = (await app.AskAsync("/openapi/v1.json")).Body;

        Assert.Contains("/shop", document, StringComparison.Ordinal);
        Assert.DoesNotContain("queues", document, StringComparison.OrdinalIgnoreCase);
    }

    private static string? SchemaOf(JsonElement paths, string path, string method) =>
        paths.GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty("200")
        .GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString();
}
