using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>
/// Verifies endpoints that name a queue that their requests never reach. This is an error either at startup, or at the
/// first request that should have been queued.
/// </summary>
public sealed class NeverReachedTests
{
    private const string Settings = "Queues:q:Workers=1";

    [Fact]
    public async Task Start_UseQueuedAdmissionForgotten_NamesEveryEndpoint()
    {
        var message = await ForgetAsync(app =>
        {
            app.MapGet("/one", QueueReport.Of).WithQueue("q");
            app.MapGet("/two", [Queued("q")] (HttpContext context) => QueueReport.Of(context));
            app.MapGet("/off", QueueReport.Of).WithQueue("q").DisableQueue();
            app.MapGet("/plain", QueueReport.Of);
        });

        Assert.All(
            ["/one", "/two", "app.UseQueuedAdmission()"],
            part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.All(["/off", "/plain"], part => Assert.DoesNotContain(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_UseQueuedAdmissionForgottenWithControllers_NamesTheActions()
    {
        var message = await ForgetAsync(
            app => app.MapControllers(),
            services => services.AddControllers().AddApplicationPart(typeof(QueuedController).Assembly));

        Assert.Contains("QueuedController.Overrides", message, StringComparison.Ordinal);
        Assert.DoesNotContain("QueuedController.Disabled", message, StringComparison.Ordinal);
        Assert.DoesNotContain("PlainController.Plain ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UseQueuedAdmissionForgottenWithRazorPages_NamesThePageOfTheModel()
    {
        var message = await ForgetAsync(
            app => app.MapRazorPages(), services => CompiledPages.Add(services, typeof(QueuedPage), typeof(PlainPage)));

        Assert.Contains("/QueuedPage", message, StringComparison.Ordinal);
        Assert.DoesNotContain("/PlainPage", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UseQueuedAdmissionForgottenWithAFallbackQueue_IsLogged()
    {
        await using var app = await TestApp.StartAsync(
            "FallbackQueue=default",
            app => app.MapGet("/plain", QueueReport.Of),
            services => services.AddQueuedAdmission());

        Assert.Contains("'default' is the FallbackQueue", Assert.Single(Errors(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UseQueuedAdmissionForgottenWhereNothingIsToBeQueued_Succeeds()
    {
        await using var app = await TestApp.StartAsync(
            Settings, app => app.MapGet("/plain", QueueReport.Of), services => services.AddQueuedAdmission());

        Assert.Equal(QueueReport.NotQueued, await app.GetStringAsync("/plain"));
        Assert.Empty(Errors(app));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_UseQueuedAdmissionBehindUseEndpoints_NamesEndpointAndOrder(bool add)
    {
        var message = await FailAsync(app =>
        {
            app.UseRouting();
#pragma warning disable ASP0014 // Older applications use UseEndpoints.
            app.UseEndpoints(endpoints => endpoints.MapGet("/x", QueueReport.Of).WithQueue("q"));
#pragma warning restore ASP0014
            app.UseQueuedAdmission();
        }, add: add);

        Assert.Contains("'HTTP: GET /x", message, StringComparison.Ordinal);
        Assert.Contains("after UseEndpoints", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_UseQueuedAdmissionBeforeUseRouting_NamesEndpointAndOrder(bool add)
    {
        var message = await FailAsync(app =>
        {
            app.UseQueuedAdmission();
            app.UseRouting();
            app.MapGet("/x", QueueReport.Of).WithQueue("q");
        }, add: add);

        Assert.Contains("'HTTP: GET /x", message, StringComparison.Ordinal);
        Assert.Contains("before UseRouting", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_EndpointIsShortCircuited_NamesIt(bool add)
    {
        var message = await FailAsync(app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/x", QueueReport.Of).WithQueue("q").ShortCircuit();
        }, add: add);

        Assert.Contains("'HTTP: GET /x", message, StringComparison.Ordinal);
        Assert.Contains("Remove ShortCircuit()", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_EndpointOfABranchWithRoutesOfItsOwn_NamesItAndTheBranch(bool before)
    {
        var message = await FailAsync(app =>
        {
            app.UseRouting();
            if (!before)
                app.UseQueuedAdmission();
            app.Map("/branch", branch =>
            {
                branch.UseRouting();
                branch.UseEndpoints(endpoints => endpoints.MapGet("/x", QueueReport.Of).WithQueue("q"));
            });
            if (before)
                app.UseQueuedAdmission();
            app.MapGet("/fine", QueueReport.Of).WithQueue("q");
        });

        Assert.Contains("'HTTP: GET /x", message, StringComparison.Ordinal);
        Assert.Contains("Call UseQueuedAdmission() in that branch", message, StringComparison.Ordinal);
        Assert.DoesNotContain("/fine", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FallbackToAnAction_SaysThatTheActionReplacesIt()
    {
        var message = await FailAsync(app =>
        {
            app.UseQueuedAdmission();
            app.MapControllers();
            app.MapFallbackToController("/old/{*path}", nameof(PlainController.Plain), "Plain").WithQueue("q");
        }, services => services.AddControllers().AddApplicationPart(typeof(QueuedController)
            .Assembly), settings: $"{Settings} Queues:a:Workers=1 Queues:b:Workers=1");

        Assert.Contains("/old/", message, StringComparison.Ordinal);
        Assert.Contains("[Queued] on that action", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FallbackToAPage_SaysThatThePageReplacesIt()
    {
        var message = await FailAsync(app =>
        {
            app.UseQueuedAdmission();
            app.MapRazorPages();
            app.MapFallbackToPage("/old/{*path}", "/PlainPage").WithQueue("q");
        }, services => CompiledPages.Add(services, typeof(PlainPage)));

        Assert.Contains("/old/", message, StringComparison.Ordinal);
        Assert.Contains("the page's model", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FallbackToAPage_WhoseModelNamesAQueue_RunsBehindIt()
    {
        await using var app = await TestApp.StartAsync("Queues:a:Workers=1", app =>
        {
            app.UseQueuedAdmission();
            app.MapRazorPages();
            app.MapFallbackToPage("/old/{*path}", "/QueuedPage");
        }, services => CompiledPages.Add(services, typeof(QueuedPage)));

        Assert.Equal("a", await app.GetStringAsync("/old/page"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_MvcWithoutEndpointRouting_NamesTheActions(bool useQueuedAdmission)
    {
        void Configure(WebApplication app)
        {
            if (useQueuedAdmission)
                app.UseQueuedAdmission();
            app.UseMvc();
        }
        void AddMvc(IServiceCollection services) =>
            services.AddMvc(mvc => mvc.EnableEndpointRouting = false)
                .AddApplicationPart(typeof(QueuedController).Assembly);

        var message = await (useQueuedAdmission ? FailAsync(Configure, AddMvc) : ForgetAsync(Configure, AddMvc));

        Assert.Contains("QueuedController.Inherits", message, StringComparison.Ordinal);
        Assert.Contains("MapControllers()", message, StringComparison.Ordinal);
        Assert.DoesNotContain("QueuedController.Disabled", message, StringComparison.Ordinal);
        Assert.DoesNotContain("PlainController.Plain ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_NothingOfOursButWithQueue_LogsEachEndpointOnce()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.MapGet("/one", () => "one").WithQueue("q");
            app.MapGroup("/group").WithQueue("q").MapGet("/two", () => "two");
            app.MapGet("/off", () => "off").WithQueue("q").DisableQueue();
        });

        Assert.Equal("one", await app.GetStringAsync("/one"));
        Assert.Equal("two", await app.GetStringAsync("/group/two"));
        Assert.Equal("one", await app.GetStringAsync("/one"));

        Assert.Collection(Errors(app).Order(),
            error => Assert.Contains("'HTTP: GET /group/two", error, StringComparison.Ordinal),
            error => Assert.Contains("'HTTP: GET /one", error, StringComparison.Ordinal));
        Assert.All(
            Errors(app), error => Assert.Contains("Call app.UseQueuedAdmission()", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_PassesByABranchThatQueuesTheSameEndpointForOthers_IsLoggedOnce()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseRouting();
            app.UseWhen(
                context => context.Request.Headers.ContainsKey("X-Queue"), branch => branch.UseQueuedAdmission());
            app.MapGet("/x", [Queued("q")] (HttpContext context) => QueueReport.Of(context));
        });

        Assert.Equal("q", await AskAsync(app, "/x", queued: true));
        Assert.Empty(Errors(app));
        Assert.Equal(QueueReport.NotQueued, await AskAsync(app, "/x"));
        Assert.Equal(QueueReport.NotQueued, await AskAsync(app, "/x"));
        Assert.Equal("q", await AskAsync(app, "/x", queued: true));

        Assert.Contains("'HTTP: GET /x", Assert.Single(Errors(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_RunByAnEarlierUseEndpointsThatNoneOfTheRoutesWasKnownTo_IsLogged()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseRouting();
#pragma warning disable ASP0014 // The call determines where the endpoints run in the pipeline.
            app.UseEndpoints(_ => { });
#pragma warning restore ASP0014
            app.UseQueuedAdmission();
            app.MapGet("/x", QueueReport.Of).WithQueue("q");
        });

        Assert.Equal(QueueReport.NotQueued, await app.GetStringAsync("/x"));

        Assert.Contains("'HTTP: GET /x", Assert.Single(Errors(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatAMiddlewareInFrontAnswers_IsNotComplainedAbout()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseRouting();
            app.Use((context, next) => context.Request.Headers.ContainsKey("X-Queue")
                ? next(context)
                : context.Response.WriteAsync("in front"));
            app.UseQueuedAdmission();
            app.MapGet("/x", QueueReport.Of).WithQueue("q");
        });

        Assert.Equal("in front", await AskAsync(app, "/x"));
        Assert.Equal("q", await AskAsync(app, "/x", queued: true));

        Assert.Empty(Errors(app));
    }

    [Fact]
    public async Task Watch_AfterTheFirstRequestThatCameThrough_IsOver()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/x", QueueReport.Of).WithQueue("q");
        });
        var routing = app.App.Services.GetRequiredService<DiagnosticListener>();

        (await app.GetAsync("/nowhere")).Dispose();
        Assert.True(routing.IsEnabled());
        Assert.Equal("q", await app.GetStringAsync("/x"));
        Assert.False(routing.IsEnabled());
    }

    [Fact]
    public async Task Start_NothingKnowsWhenThePipelineIsComplete_LogsWhatIsWrongOnceItHasStarted()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseRouting();
            app.UseWhen(_ => true, branch => branch.UseQueuedAdmission());
            app.MapGet("/x", QueueReport.Of).WithQueue("q").ShortCircuit();
        });

        Assert.Contains("Remove ShortCircuit()", Assert.Single(Errors(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfAFallbackQueueThatIsPassedBy_IsLogged()
    {
        await using var app = await TestApp.StartAsync("FallbackQueue=default", app =>
        {
            app.UseRouting();
            app.UseWhen(
                context => context.Request.Headers.ContainsKey("X-Queue"), branch => branch.UseQueuedAdmission());
            app.MapGet("/x", QueueReport.Of);
            app.MapGet("/off", QueueReport.Of).DisableQueue();
        });

        Assert.Equal(QueueReport.NotQueued, await AskAsync(app, "/off"));
        Assert.Empty(Errors(app));
        Assert.Equal(QueueReport.NotQueued, await AskAsync(app, "/x"));

        Assert.Contains("'HTTP: GET /x", Assert.Single(Errors(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_OfTheHandler_IsTheOneThatWasMapped()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseRouting();
            Endpoint? routed = null;
            app.Use((context, next) =>
            {
                routed = context.GetEndpoint();
                return next(context);
            });
            app.UseQueuedAdmission();
            app.MapGet(
                "/x",
                (HttpContext context) =>
                    $"{QueueReport.Of(context)} {ReferenceEquals(routed, context.GetEndpoint())}").WithQueue("q");
        });

        // Only the first request is watched.
        Assert.Equal("q False", await app.GetStringAsync("/x"));
        Assert.Equal("q True", await app.GetStringAsync("/x"));
    }

    /// <summary>Returns the errors of an application that starts without UseQueuedAdmission.</summary>
    private static async Task<string> ForgetAsync(
        Action<WebApplication> configure, Action<IServiceCollection>? services = null)
    {
        await using var app = await TestApp.StartAsync(Settings, configure, all =>
        {
            all.AddQueuedAdmission();
            services?.Invoke(all);
        });
        return string.Join('\n', Errors(app));
    }

    private static async Task<string> AskAsync(TestApp app, string path, bool queued = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (queued)
            request.Headers.Add("X-Queue", "yes");
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> FailAsync(
        Action<WebApplication> configure,
        Action<IServiceCollection>? services = null,
        bool add = true,
        string settings = Settings)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestApp.StartAsync(settings, configure, collection =>
            {
                if (add)
                    collection.AddQueuedAdmission();
                services?.Invoke(collection);
            }));
        return exception.Message;
    }

    private static IEnumerable<string> Errors(TestApp app) =>
        app.Log.GetSnapshot().Where(record => record.Level >= LogLevel.Error).Select(record => record.Message);
}
