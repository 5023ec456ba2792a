using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Responses;

public sealed class RejectionResponderTests
{
    [Fact]
    public async Task Write_Default_SetsStatusAndHeaders()
    {
        var request = await new RejectedRequest().RefuseAsync();

        Assert.Equal(503, request.Response.StatusCode);
        Assert.Equal("12", request.Response.Headers.RetryAfter);
        Assert.Equal("no-store", request.Response.Headers.CacheControl);
        Assert.Equal("Accept", request.Response.Headers.Vary);
        Assert.Equal(request.Body.Length, request.Response.ContentLength);
    }

    [Fact]
    public async Task Write_StatusChangedLive_IsUsedByTheNextAnswer()
    {
        var queue = RejectedRequest.NewQueue();
        await new RejectedRequest().RefuseAsync(queue: queue);
        queue.Live.Update(options => options.RejectionStatusCode = 429);

        var request = await new RejectedRequest().RefuseAsync(queue: queue);

        Assert.Equal(429, request.Response.StatusCode);
        Assert.Equal(429, request.Json.GetProperty("status").GetInt32());
        Assert.Equal("Too Many Requests", request.Json.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData(RejectionReason.PartitionFull)]
    [InlineData(RejectionReason.KeyLimit)]
    public async Task Write_OnlyThisCallerAskedForTooMuch_Is429WhateverTheStatusOfOthers(RejectionReason reason)
    {
        var request = await new RejectedRequest().RefuseAsync(
            new Rejection(reason, TimeSpan.FromSeconds(12)), RejectedRequest.NewQueue(status: 500));

        Assert.Equal((429, 429), (request.Response.StatusCode, request.Json.GetProperty("status").GetInt32()));
        Assert.Equal("https://tools.ietf.org/html/rfc6585#section-4", request.Json.GetProperty("type").GetString());
        Assert.Contains("one caller", request.Json.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData(RejectionReason.Shed)]
    [InlineData(RejectionReason.DeadlineTooClose)]
    [InlineData(RejectionReason.Displaced)]
    public async Task Write_TheServiceCannotTakeIt_HasTheStatusOfTheSettings(RejectionReason reason)
    {
        var request = await new RejectedRequest().RefuseAsync(
            new Rejection(reason, TimeSpan.FromSeconds(12)), RejectedRequest.NewQueue(status: 500));

        Assert.Equal(500, request.Response.StatusCode);
        Assert.Equal(reason.ToWireName(), request.Json.GetProperty("reason").GetString());
        Assert.DoesNotContain("was not taken", request.Json.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("Origin", "Origin,Accept")]
    [InlineData("Origin, Accept-Encoding", "Origin, Accept-Encoding,Accept")]
    [InlineData("Origin, accept", "Origin, accept")]
    [InlineData("*", "*")]
    public async Task Write_VaryWasSet_KeepsIt(string before, string after)
    {
        var request = new RejectedRequest();
        request.Response.Headers.Vary = before;

        await request.RefuseAsync();

        Assert.Equal(after, request.Response.Headers.Vary.ToString());
    }

    [Fact]
    public async Task Write_BehindCors_CarriesBothHeaders()
    {
        await using var server = await RefusingServer.StartAsync(
            services: services => services.AddCors(),
            outer: app => app.UseCors(policy => policy.WithOrigins("https://shop.example", "https://blog.example")));
        using var message = new HttpRequestMessage(HttpMethod.Get, "/");
        message.Headers.Add("Origin", "https://shop.example");

        using var response = await server.Http1.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("https://shop.example", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal(["Accept", "Origin"], response.Headers.Vary.Order());
    }

    [Fact]
    public async Task Write_OuterMiddlewareBuffersTheBody_NothingIsLost()
    {
        await using var server = await RefusingServer.StartAsync(outer: app => app.Use(async (context, next) =>
        {
            var body = context.Response.Body;
            using var buffer = new MemoryStream();
            context.Response.Body = buffer;
            await next(context);
            context.Response.Body = body;
            context.Response.Headers["X-Late"] = "set after the rejection";
            await body.WriteAsync(buffer.ToArray(), TestContext.Current.CancellationToken);
        }));
        foreach (var client in new[] { server.Http1, server.Http2 })
        {
            using var content = new GeneratedContent(100_000);

            using var response = await client.PostAsync("/", content, TestContext.Current.CancellationToken);

            Assert.Equal(503, (int)response.StatusCode);
            Assert.True(response.Headers.Contains("X-Late"));
            Assert.Contains(
                "queue_full", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1", RejectionReason.Draining, "close")]
    [InlineData("HTTP/1.0", RejectionReason.Draining, "close")]
    [InlineData("HTTP/1.1", RejectionReason.QueueFull, "")]
    [InlineData("HTTP/2", RejectionReason.Draining, "")]
    [InlineData("HTTP/3", RejectionReason.Draining, "")]
    public async Task Write_Draining_ClosesHttp1Connections(string protocol, RejectionReason reason, string connection)
    {
        var request = new RejectedRequest();
        request.Context.Request.Protocol = protocol;

        await request.RefuseAsync(new Rejection(reason, TimeSpan.FromSeconds(1)));

        Assert.Equal(connection, request.Response.Headers.Connection.ToString());
    }

    [Theory]
    [InlineData(null, "application/problem+json")]
    [InlineData("text/html", "text/html; charset=utf-8")]
    public async Task Write_Head_HasTheHeadersOfAGetAndNoBody(string? accept, string contentType)
    {
        var get = await new RejectedRequest("GET", accept).RefuseAsync();

        var head = await new RejectedRequest("HEAD", accept).RefuseAsync();

        Assert.Empty(head.Body);
        Assert.Equal(contentType, head.Response.ContentType);
        Assert.Equal(get.Response.ContentLength, head.Response.ContentLength);
        Assert.Equal("12", head.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Write_ResponseHasStarted_LeavesItAlone()
    {
        await using var server = await RefusingServer.StartAsync(
            context => context.Response.WriteAsync("begun, "),
            after: context => context.Response.WriteAsync("and finished"));

        using var response = await server.Http1.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Null(response.Headers.RetryAfter);
        Assert.Equal(
            "begun, and finished", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(null, "application/problem+json")]
    [InlineData("text/html", "text/html")]
    public async Task Write_OverRealSockets_ArrivesOnBothProtocols(string? accept, string contentType)
    {
        await using var server = await RefusingServer.StartAsync();
        foreach (var client in new[] { server.Http1, server.Http2 })
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, "/");
            if (accept is not null)
                message.Headers.Accept.ParseAdd(accept);

            using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);

            Assert.Equal(503, (int)response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(12), response.Headers.RetryAfter!.Delta);
            Assert.True(response.Headers.CacheControl!.NoStore);
            Assert.Equal(contentType, response.Content.Headers.ContentType!.MediaType);
            Assert.Equal(
                response.Content.Headers.ContentLength,
                (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        }
    }
}
