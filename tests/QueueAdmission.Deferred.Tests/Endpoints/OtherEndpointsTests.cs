using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Endpoints;

public sealed class OtherEndpointsTests
{
    [Theory]
    [InlineData("/queued")]
    [InlineData("/plain")]
    [InlineData("/missing")]
    public async Task Response_OfAnEndpointWithoutDefer_IsUnchangedToTheByte(string path)
    {
        var without = await AnswerAsync(path, hasDeferred: false);
        var with = await AnswerAsync(path, hasDeferred: true);

        Assert.StartsWith("HTTP/1.1 ", without, StringComparison.Ordinal);
        Assert.Equal(without, with);
    }

    private static async Task<string> AnswerAsync(string path, bool hasDeferred)
    {
        ListenOptions? listening = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options => listening = options));
        builder.Services.AddRouting();
        var queues = builder.Services.AddQueuedAdmission();
        if (hasDeferred)
            queues.AddDeferredJobs(jobs => jobs.UseStore(_ => new InMemoryJobStore().Open()));
        await using var app = builder.Build();
        app.UseRouting().UseQueuedAdmission();
        app.MapPost(
            "/queued", async (HttpContext context) => await new StreamReader(context.Request.Body).ReadToEndAsync())
            .WithQueue();
        app.MapPost("/plain", () => "plain");
        if (hasDeferred)
        {
            app.MapPost("/deferred", () => { }).WithQueue().Defer();
            app.MapDeferredJobs();
        }
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new TcpClient();
        await client.ConnectAsync(listening!.IPEndPoint!, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var request = $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntext";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var answer = await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken);
        return string.Join(
            "\r\n", answer.Split("\r\n").Where(line => !line.StartsWith("Date:", StringComparison.Ordinal)));
    }
}
