using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class RefusalDescriptionTests
{
    [Theory]
    [InlineData("", "200 503")]
    [InlineData("Queues:q:RejectionStatusCode=529", "200 529")]
    [InlineData("Queues:q:PartitionBy=User", "200 429 503")]
    [InlineData("Queues:q:RejectionStatusCode=429 Queues:q:PartitionBy=User", "200 429")]
    public async Task WithQueue_SettingsOfTheQueue_DecideTheResponses(string settings, string statuses)
    {
        var paths = await DocumentAsync(settings, app => app.MapGet("/shop", () => "sold").WithQueue("q"));

        Assert.Equal(statuses, StatusesOf(paths, "/shop"));
        foreach (var status in statuses.Split(' ').Skip(1))
        {
            var content = paths.GetProperty("/shop").GetProperty("get").GetProperty("responses").GetProperty(status)
                .GetProperty("content");
            var schema = content.GetProperty("application/problem+json").GetProperty("schema");
            Assert.Equal("#/components/schemas/ProblemDetails", schema.GetProperty("$ref").GetString());
        }
    }

    [Fact]
    public async Task WithQueue_HandlerWithoutDeclaredResponse_KeepsIts200()
    {
        var paths = await DocumentAsync("", app =>
        {
            app.MapGet("/result", () => Results.Ok()).WithQueue("q");
            app.MapPost("/task", () => Task.CompletedTask).WithQueue("q");
            app.MapGet("/plain", () => Results.Ok());
        });

        Assert.Equal("200 503", StatusesOf(paths, "/result"));
        Assert.Equal("200 503", StatusesOf(paths, "/task", "post"));
        Assert.Equal("200", StatusesOf(paths, "/plain"));
    }

    [Fact]
    public async Task WithQueue_EndpointDeclaresTheStatusItself_ItsDeclarationStays()
    {
        var paths = await DocumentAsync("", app => app.MapGet("/shop", () => "sold").WithQueue("q")
            .Produces<string>(503, "text/plain").Produces(404));

        Assert.Equal("200 404 503", StatusesOf(paths, "/shop"));
        Assert.True(paths.GetProperty("/shop").GetProperty("get").GetProperty("responses").GetProperty("503")
            .GetProperty("content").TryGetProperty("text/plain", out _));
    }

    [Fact]
    public async Task WithQueue_NearestQueueAndDisableQueue_Count()
    {
        var paths = await DocumentAsync("Queues:far:RejectionStatusCode=500", app =>
        {
            var group = app.MapGroup("/group").WithQueue("far");
            group.MapGet("/far", () => "sold");
            group.MapGet("/near", () => "sold").WithQueue("q");
            group.MapGet("/none", () => "sold").DisableQueue();
        });

        Assert.Equal("200 500", StatusesOf(paths, "/group/far"));
        Assert.Equal("200 503", StatusesOf(paths, "/group/near"));
        Assert.Equal("200", StatusesOf(paths, "/group/none"));
    }

    [Theory]
    [InlineData("", "200 503")]
    [InlineData("Queues:q:RejectionStatusCode=529", "200 529")]
    [InlineData("Queues:q:PartitionBy=User", "200 429 503")]
    [InlineData("Queues:q:RejectionStatusCode=429 Queues:q:PartitionBy=User", "200 429")]
    public async Task Attribute_OnAnAction_DescribesTheRefusals(string settings, string statuses)
    {
        var paths = await DocumentAsync(settings, app => app.MapControllers());

        Assert.Equal(statuses, StatusesOf(paths, "/described/queued"));
        foreach (var status in statuses.Split(' ').Skip(1))
        {
            var content = paths.GetProperty("/described/queued").GetProperty("get").GetProperty("responses")
                .GetProperty(status)
                .GetProperty("content");
            var schema = content.GetProperty("application/problem+json").GetProperty("schema");
            Assert.Equal("#/components/schemas/ProblemDetails", schema.GetProperty("$ref").GetString());
        }
    }

    [Fact]
    public async Task Attribute_ExceptionsAndOwnDeclarations_Count()
    {
        var paths = await DocumentAsync("", app =>
        {
            app.MapControllers();
            app.MapGet("/handler", [Queued("q")] () => "sold");
        });

        Assert.Equal("200", StatusesOf(paths, "/described/free"));
        Assert.Equal("200 503", StatusesOf(paths, "/described/own"));
        Assert.True(paths.GetProperty("/described/own").GetProperty("get").GetProperty("responses").GetProperty("503")
            .GetProperty("content").TryGetProperty("text/plain", out _));
        Assert.Equal("200 503", StatusesOf(paths, "/handler"));
    }

    [Fact]
    public async Task Controllers_WithQueue_AreDescribedWithThatQueue()
    {
        var paths = await DocumentAsync(
            "Queues:far:RejectionStatusCode=500", app => app.MapControllers().WithQueue("far"));

        Assert.Equal("200 500", StatusesOf(paths, "/described/queued"));
        Assert.Equal("200", StatusesOf(paths, "/described/free"));
    }

    private static string StatusesOf(JsonElement paths, string path, string method = "get") => string.Join(
        ' ',
        paths.GetProperty(path).GetProperty(method).GetProperty("responses").EnumerateObject()
            .Select(response => response.Name).Order());

    private static async Task<JsonElement> DocumentAsync(string settings, Action<WebApplication> map)
    {
        await using var app = await TestApp.StartAsync(
            $"Queues:q:Workers=1 {settings}",
            web =>
            {
                web.UseRouting().UseQueuedAdmission();
                map(web);
                web.MapOpenApi();
            },
            services =>
            {
                services.AddOpenApi();
                services.AddQueuedAdmission();
                services.AddControllers().ConfigureApplicationPartManager(parts =>
                {
                    parts.ApplicationParts.Clear();
                    parts.FeatureProviders.Clear();
                    parts.FeatureProviders.Add(new OneController());
                });
            });
        var document = await app.Client.GetFromJsonAsync<JsonElement>(
            "/openapi/v1.json", TestContext.Current.CancellationToken);
        return document.GetProperty("paths").Clone();
    }

    private sealed class OneController : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) =>
            feature.Controllers.Add(typeof(DescribedController).GetTypeInfo());
    }
}

// NonController hides this controller from the tests that map all controllers of the assembly.
[NonController, ApiController, Route("described"), Queued("q")]
public sealed class DescribedController : ControllerBase
{
    [HttpGet("queued")]
    public string Queued() => "sold";

    [HttpGet("free"), DisableQueue]
    public string Free() => "sold";

    [HttpGet("own"), ProducesResponseType<string>(200), ProducesResponseType<string>(503, "text/plain")]
    public string Own() => "sold";
}
