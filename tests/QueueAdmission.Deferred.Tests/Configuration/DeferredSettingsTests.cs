using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Configuration;

public sealed class DeferredSettingsTests
{
    [Fact]
    public async Task Settings_OfTheObject_AreRead()
    {
        await using var app = await StartAsync(
            "Defaults:Deferred:MaxAttempts=2 Queues:posts:deferred:MinShare=0.25 "
            + "Queues:posts:Deferred:Retention=00:00:30 Queues:posts:Deferred:Run=false");
        var queue = app.Queue("posts");

        Assert.Equal(
            (2, 0.25, TimeSpan.FromSeconds(30), false, 256),
            (queue.GetSetting(DeferredSettings.MaxAttempts), queue.GetSetting(DeferredSettings.MinShare),
                queue.GetSetting(DeferredSettings.Retention), queue.GetSetting(DeferredSettings.Run),
                queue.GetSetting(DeferredSettings.MaxAccepting)));
    }

    [Theory]
    [InlineData(
        "Queues:posts:Deferred:MaxAttempt=2",
        "QueuedAdmission:Queues:posts:Deferred:MaxAttempt is '2', but there is no such key; "
        + "did you mean MaxAttempts?")]
    [InlineData("Queues:posts:Deferred:MinShare=1.5", "Deferred:MinShare is 1.5; allowed: 0 to 1")]
    [InlineData("Queues:posts:Deferred:MaxWaiting=0", "Deferred:MaxWaiting is 0; allowed: 1 to 1,000,000,000")]
    [InlineData(
        "Queues:posts:Deferred:MaxAttempts=two",
        "Deferred:MaxAttempts is 'two'; allowed: a whole number, 1 to 1,000.")]
    [InlineData(
        "Queues:posts:Deferred=on",
        "QueuedAdmission:Queues:posts:Deferred is 'on'; allowed: an object with settings.")]
    public async Task Settings_ThatAreWrong_StopTheStart(string settings, string expected)
    {
        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => StartAsync(settings));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_InCode_Hold()
    {
        await using var app = await DeferredApp.StartAsync(
            "",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/posts", () => { }).WithQueue("posts").Defer();
            },
            services => services.AddQueuedAdmission(
                o => o.AddQueue("posts", q => q.Set(DeferredSettings.MaxBodySize, 1))));

        using var refused = await app.SendAsync(HttpMethod.Post, "/posts", new StringContent("12"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    private static Task<DeferredApp> StartAsync(string settings) => DeferredApp.StartAsync(settings, app =>
    {
        app.UseRouting().UseQueuedAdmission();
        app.MapPost("/posts", () => { }).WithQueue("posts").Defer();
    });
}
