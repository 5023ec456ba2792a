using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Accepting;

/// <summary>Verifies requests with a preference over Kestrel and with a SQLite file, as in production.</summary>
public sealed class PreferredOverSocketsTests : IAsyncDisposable
{
    private const string Key = "Idempotency-Key: \"8e03978e-40d5-43e8-bc93-6894a57f9324\"\r\n";

    private readonly SemaphoreSlim _exit = new(0);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("deferred-");
    private WebApplication? _app;
    private ListenOptions? _listening;
    private int _ran;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DeferredJobs Jobs => _app!.Services.GetRequiredService<DeferredJobs>();

    public async ValueTask DisposeAsync()
    {
        _exit.Release(100);
        if (_app is not null)
            await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Outcome_InTime_IsTheRealAnswer()
    {
        await StartAsync();
        _exit.Release();

        var answer = await ExchangeAsync("Prefer: respond-async, wait=30\r\n");

        Assert.StartsWith("HTTP/1.1 201 Created\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nPreference-Applied: wait=30\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nVary: Prefer\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n\"text\"", answer, StringComparison.Ordinal);
        Assert.Equal(1, _ran);
    }

    [Fact]
    public async Task Outcome_TooLate_IsTheAddressOfTheJob()
    {
        await StartAsync();

        var answer = await ExchangeAsync("Prefer: respond-async, wait=1\r\n");
        _exit.Release();
        await Jobs.RunAllAsync(Token);
        var later = await ExchangeAsync(
            Key + "Prefer: respond-async\r\n", await LocationOfAsync(answer) + "/response", "GET");

        Assert.StartsWith("HTTP/1.1 202 Accepted\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nPreference-Applied: respond-async, wait=1\r\n", answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 201 Created\r\n", later, StringComparison.Ordinal);
        Assert.Equal(1, _ran);
    }

    [Fact]
    public async Task Client_LeavesAndComesBackWithItsKey_GetsTheOutcomeOfTheSameRun()
    {
        await StartAsync();
        using (var leaving = await SendAsync(Key + "Prefer: respond-async, wait=30\r\n", "/reports", "POST"))
        {
            await Eventually.TrueAsync(() => Volatile.Read(ref _ran) == 1);
        }
        await Eventually.TrueAsync(() => Jobs.Outcomes.Count == 0);

        var waiting = ExchangeAsync(Key + "Prefer: respond-async, wait=30\r\n");
        await Eventually.TrueAsync(() => Jobs.Outcomes.Count == 1);
        _exit.Release();
        var answer = await waiting;

        Assert.StartsWith("HTTP/1.1 201 Created\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(1, _ran);
        Assert.Equal(1, Assert.Single(await Jobs.ReadQueuesAsync()).Accepted);
    }

    [Fact]
    public async Task Connection_IsUsedAgainAfterTheWait()
    {
        await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://{_listening!.IPEndPoint}") };
        _exit.Release(3);

        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/reports")
            {
                Content = new StringContent($"text {i}"),
            };
            request.Headers.TryAddWithoutValidation("Prefer", "respond-async, wait=30");
            using var response = await client.SendAsync(request, Token);
            Assert.Equal($"\"text {i}\"", await response.Content.ReadAsStringAsync(Token));
        }
    }

    private async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, options => _listening = options));
        builder.Services.AddRouting();
        builder.Services.AddQueuedAdmission(options => options.AddQueue("reports"))
            .AddDeferredJobs(jobs => jobs.UseSqlite($"Data Source={Path.Combine(_folder.FullName, "jobs.db")}"));
        _app = builder.Build();
        _app.UseRouting().UseQueuedAdmission();
        _app.MapPost("/reports", async (HttpContext context) =>
        {
            Interlocked.Increment(ref _ran);
            await _exit.WaitAsync(context.RequestAborted);
            return Results.Created("/reports/7", await new StreamReader(context.Request.Body).ReadToEndAsync(Token));
        }).WithQueue("reports").Defer(DeferWhen.Preferred);
        _app.MapDeferredJobs();
        await _app.StartAsync(Token);
    }

    private async Task<string> ExchangeAsync(string headers, string path = "/reports", string method = "POST")
    {
        using var client = await SendAsync(headers, path, method);
        // The time limit is reached only if a test fails.
        return await new StreamReader(client.GetStream()).ReadToEndAsync(Token)
            .WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Token);
    }

    private async Task<TcpClient> SendAsync(string headers, string path, string method)
    {
        var client = new TcpClient();
        await client.ConnectAsync(_listening!.IPEndPoint!, Token);
        var body = method == "POST" ? "text" : "";
        var request = $"{method} {path} HTTP/1.1\r\nHost: x\r\n"
            + $"Content-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n{body}";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        return client;
    }

    private static async Task<string> LocationOfAsync(string answer)
    {
        using var reader = new StringReader(answer);
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("Location: ", StringComparison.Ordinal))
                return line["Location: ".Length..];
        }
        throw new InvalidOperationException("The answer has no Location.");
    }
}
