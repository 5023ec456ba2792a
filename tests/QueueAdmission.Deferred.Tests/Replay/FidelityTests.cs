using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Replay;

/// <summary>
/// Verifies that handlers behave the same when they are deferred. Each handler is called directly and deferred. The two
/// responses must have the same status, the same headers except Content-Length and Transfer-Encoding, and the same
/// bytes in the body.
/// </summary>
public sealed class FidelityTests
{
    private static readonly Dictionary<string, Delegate> Handlers = new()
    {
        ["text"] = () => "plain text",
        ["json"] = () => new Answer(1, "ü€"),
        ["nothing"] = () => { },
        ["route"] = (string name, HttpContext context) => $"{name} {context.Request.RouteValues["name"]}",
        ["query"] = ([FromQuery] int[] number, string? missing) => $"{string.Join('+', number)} {missing ?? "null"}",
        ["header"] = ([FromHeader(Name = "X-Tenant")] string tenant, [FromHeader(Name = "X-Many")] string[] many) =>
            $"{tenant} {string.Join('|', many)}",
        ["request"] = (HttpContext context) => Describe(context.Request),
        ["body"] = async (HttpContext context) => await new StreamReader(context.Request.Body).ReadToEndAsync(),
        ["stream"] = async (Stream body) => await new StreamReader(body).ReadToEndAsync(),
        ["pipe"] = async (System.IO.Pipelines.PipeReader body) =>
        {
            var text = "";
            while (true)
            {
                var read = await body.ReadAsync();
                text += Encoding.UTF8.GetString(read.Buffer.ToArray());
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return text;
            }
        },
        ["bound"] = (Answer answer) => $"{answer.Number} {answer.Text}",
        ["optional"] = (Answer? answer) => answer is null ? "none" : "some",
        ["form"] = async (HttpContext context) => string.Join(
            ';', (await context.Request.ReadFormAsync()).Select(field => $"{field.Key}={field.Value}")),
        ["upload"] = async (HttpContext context) =>
        {
            var files = (await context.Request.ReadFormAsync()).Files;
            var texts = files.Select(file => $"{file.Name} {file.FileName} {file.ContentType} "
                + new StreamReader(file.OpenReadStream()).ReadToEnd());
            return string.Join(';', texts);
        },
        ["user"] = (ClaimsPrincipal user) => string.Join(
            ';', user.Claims.Select(claim => $"{claim.Type}={claim.Value}@{claim.Issuer}"))
            + user.Identity!.Name + user.IsInRole("admin") + user.Identity.AuthenticationType,
        ["connection"] =
            (HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Connection.RemotePort}",
        ["scoped"] = (ScopedThing thing, HttpContext context) =>
            $"{thing.IsSame(context.RequestServices.GetRequiredService<ScopedThing>())}",
        ["accessor"] = (IHttpContextAccessor accessor, HttpContext context) =>
            $"{accessor.HttpContext == context} {accessor.HttpContext!.Request.RouteValues["name"]}",
        ["link"] = (LinkGenerator links, HttpContext context) =>
            $"{links.GetPathByName(context, "named", new { x = 7 })} "
            + $"{links.GetUriByName(context, "named", new { x = 7 })}",
        ["culture"] = () => 1234.5.ToString("N2", CultureInfo.CurrentCulture) + CultureInfo.CurrentUICulture.Name,
        ["created"] = () => TypedResults.Created("/things/7", new Answer(7, "made")),
        ["accepted"] = () => Results.Accepted("/things/7"),
        ["createdAt"] = () => Results.CreatedAtRoute("named", new { x = 9 }, new Answer(9, "made")),
        ["redirect"] = () => Results.Redirect("/elsewhere", permanent: false),
        ["notFound"] = () => TypedResults.NotFound(new Answer(0, "gone")),
        ["conflict"] = () => Results.Conflict(),
        ["unprocessable"] = () => Results.UnprocessableEntity(new Answer(1, "no")),
        ["problem"] = () => Results.Problem("too much", statusCode: 409, title: "Conflict of interests"),
        ["validationProblem"] = () => Results.ValidationProblem(
            new Dictionary<string, string[]> { ["Text"] = ["too long"] }),
        ["noContent"] = () => Results.NoContent(),
        ["unauthorized"] = () => Results.Unauthorized(),
        ["statusCode"] = () => Results.StatusCode(418),
        ["bytes"] = () => Results.Bytes([0, 1, 2, 255], "application/octet-stream", "some.bin"),
        ["fileStream"] = () => Results.Stream(new MemoryStream(Encoding.UTF8.GetBytes("from a stream")), "text/plain"),
        ["physicalFile"] = () => Results.File(typeof(FidelityTests).Assembly.Location, "application/x-dll"),
        ["sendFile"] = (HttpContext context) => context.Response.SendFileAsync(
            typeof(FidelityTests).Assembly.Location, 16, 100),
        ["contentResult"] = () => Results.Content("<b>bold</b>", "text/html", Encoding.UTF8, 201),
        ["asyncEnumerable"] = () => Numbers(),
        ["serverSentEvents"] = () => TypedResults.ServerSentEvents(Events(), "tick"),
        ["writes"] = async (HttpContext context) =>
        {
            context.Response.StatusCode = 203;
            context.Response.ContentType = "text/csv";
            context.Response.Headers["X-Own"] = new[] { "a", "b" };
            await context.Response.WriteAsync("1,2\n");
            await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync("3,4\n");
        },
        ["writer"] = async (HttpContext context) =>
        {
            var span = context.Response.BodyWriter.GetMemory(16);
            "abc"u8.CopyTo(span.Span);
            context.Response.BodyWriter.Advance(3);
            await context.Response.BodyWriter.FlushAsync();
            context.Response.BodyWriter.Write("def"u8);
        },
        ["onStarting"] = async (HttpContext context) =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-First"] =
                    "registered first, runs last: " + context.Response.Headers["X-Second"];
                return Task.CompletedTask;
            });
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-Second"] = "2";
                return Task.CompletedTask;
            });
            await context.Response.WriteAsync("x");
        },
        ["onStartingOfAnEmptyResponse"] = (HttpContext context) => context.Response.OnStarting(() =>
        {
            context.Response.Headers["X-Late"] = "1";
            return Task.CompletedTask;
        }),
        ["hasStarted"] = async (HttpContext context) =>
        {
            var before = context.Response.HasStarted;
            await context.Response.StartAsync();
            var refused = false;
            try
            {
                context.Response.StatusCode = 400;
            }
            catch (InvalidOperationException)
            {
                refused = true;
            }
            await context.Response.WriteAsync($"{before} {context.Response.HasStarted} {refused}");
        },
        ["replacedBody"] = async (HttpContext context) =>
        {
            var original = context.Response.Body;
            using var buffer = new MemoryStream();
            context.Response.Body = buffer;
            await context.Response.WriteAsync("seen by a wrapper");
            context.Response.Body = original;
            await original.WriteAsync(
                Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(buffer.ToArray()).ToUpperInvariant()));
        },
        ["synchronous"] = (HttpContext context) =>
        {
            context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
            context.Response.Body.Write("sync"u8);
        },
        ["worker"] = (HttpContext context) =>
            context.Features.Get<IQueueFeature>() is { HoldsWorker: true, Queue.Name: "direct" or "deferred" },
        ["sameQueue"] = async (HttpContext context) =>
        {
            using var lease = await context.EnterQueueAsync(context.Features.Get<IQueueFeature>()!.Queue.Name);
            return lease.IsAdmitted;
        },
        ["cookie"] =
            (HttpContext context) => context.Request.Cookies.Count + context.Request.Headers.Authorization.Count,
        ["services"] = (IServiceProvider services) => services.GetRequiredService<ScopedThing>() is not null,
        ["traceIdentifier"] = (HttpContext context) => context.TraceIdentifier.Length > 0,
        ["aborted"] = (CancellationToken aborted) => $"{aborted.CanBeCanceled} {aborted.IsCancellationRequested}",
    };

    public static TheoryData<string> Names => [.. Handlers.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Response_OfADeferredHandler_IsThatOfADirectOne(string name)
    {
        await using var app = await DeferredApp.StartAsync(
            "Queues:direct:Workers=1 Queues:deferred:Workers=1",
            app =>
            {
                app.Use(SignIn);
                app.UseRouting().UseQueuedAdmission();
                Map(app.MapGroup("/direct").WithQueue("direct"));
                Map(app.MapGroup("/deferred").WithQueue("deferred").Defer());
                app.MapGet("/named/{x}", (int x) => x).WithName("named");
            },
            services => services.AddScoped<ScopedThing>().AddHttpContextAccessor());

        using var direct = await app.SendAsync(RequestFor("direct", name));
        using var accepted = await app.SendAsync(RequestFor("deferred", name));
        Assert.True(accepted.StatusCode == HttpStatusCode.Accepted, await accepted.Content.ReadAsStringAsync(Token));
        await app.RunAllAsync();
        using var deferred = await app.SendAsync(HttpMethod.Get, $"{accepted.Headers.Location}/response");

        Assert.Equal(await DescribeAsync(direct), await DescribeAsync(deferred));

        void Map(RouteGroupBuilder group)
        {
            group.MapMethods($"/{name}/{{name}}", [RequestFor("", name).Method.Method], Handlers[name])
                .DisableAntiforgery();
        }
    }

    private static Task SignIn(HttpContext context, RequestDelegate next)
    {
        var identity = new ClaimsIdentity("Test", "name", "role");
        identity.AddClaim(new Claim("sub", "42", ClaimValueTypes.Integer, "issuer"));
        identity.AddClaim(new Claim("name", "Ada"));
        identity.AddClaim(new Claim("role", "admin"));
        identity.BootstrapContext = "a token";
        context.User = new ClaimsPrincipal(identity);
        context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
        context.Connection.RemotePort = 4711;
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) =
            (CultureInfo.InvariantCulture, CultureInfo.InvariantCulture);
        return next(context);
    }

    private static HttpRequestMessage RequestFor(string group, string name)
    {
        HttpContent? content = name switch
        {
            "body" or "stream" or "pipe" or "request" => new StringContent("the body"),
            "bound" or "optional" =>
                new StringContent("""{"number":3,"text":"three"}""", Encoding.UTF8, "application/json"),
            "form" => new FormUrlEncodedContent([new("a", "1"), new("b", "x y"), new("a", "2")]),
            "upload" => new MultipartFormDataContent("fixed")
            {
                { new StringContent("first"), "one", "one.txt" }, { new StringContent("second"), "two", "two.txt" },
            },
            _ => null,
        };
        var request = new HttpRequestMessage(
            content is null ? HttpMethod.Get : HttpMethod.Post, $"/{group}/{name}/a%20name?number=1&number=2")
        { Content = content };
        request.Headers.Add("X-Tenant", "acme");
        request.Headers.Add("X-Many", ["1", "2"]);
        if (name != "cookie")
            request.Headers.Add("Accept-Language", "de");
        return request;
    }

    private static string Describe(HttpRequest request) =>
        string.Join(
            ' ', request.Method, request.Scheme, request.Host, request.PathBase,
            request.Path.Value!.Split('/').Last(), request.QueryString, request.Protocol, request.ContentType,
            request.ContentLength, request.Headers.AcceptLanguage);

    private static async Task<string> DescribeAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Transfer-Encoding" or "Content-Length"))
            .OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}: {string.Join(" | ", header.Value)}");
        var body = Convert.ToBase64String(await response.Content.ReadAsByteArrayAsync(Token));
        return $"{(int)response.StatusCode} {response.ReasonPhrase}\n{string.Join('\n', headers)}\n{body}";
    }

    private static async IAsyncEnumerable<int> Numbers()
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static async IAsyncEnumerable<string> Events()
    {
        await Task.Yield();
        yield return "one";
        await Task.Yield();
        yield return "two";
    }

    private sealed record Answer(int Number, string Text);

    private sealed class ScopedThing : IDisposable
    {
        private bool _isDisposed;

        public bool IsSame(ScopedThing other) => !_isDisposed && other == this;

        public void Dispose() => _isDisposed = true;
    }
}
