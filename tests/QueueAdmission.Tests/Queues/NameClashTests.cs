using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QueueAdmission.Configuration;

namespace QueueAdmission;

/// <summary>
/// Verifies that two queues of an application cannot have the same name. Otherwise, the order of the calls would
/// determine which queue is injected.
/// </summary>
public sealed class NameClashTests
{
    [Theory]
    [InlineData("code", "AddQueue(\"code\") in AddQueuedAdmission and AddJobQueue(\"code\") in code")]
    [InlineData("configured", "QueuedAdmission:Queues:configured and AddJobQueue(\"configured\") in code")]
    [InlineData("CONFIGURED", "QueuedAdmission:Queues:configured and AddJobQueue(\"configured\") in code")]
    [InlineData(
        "default", "The queue 'default', which UseQueuedAdmission always has, and AddJobQueue(\"default\") in code")]
    public async Task Start_NameOfTwoQueues_IsAnErrorThatNamesBothPlaces(string name, string places)
    {
        await using var services = new ServiceCollection()
            .AddSingleton(Configuration())
            .AddJobQueue(name)
            .AddQueuedAdmission(o => o.AddQueue("code"))
            .Services.BuildServiceProvider();

        var thrown = Assert.Throws<QueueConfigurationException>(() => JobQueueRegistry.For(services));

        Assert.StartsWith(places, Assert.Single(thrown.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithoutAdd_IsTheSameError()
    {
        await using var services = new ServiceCollection().AddSingleton(Configuration()).AddJobQueue("configured")
            .Services.BuildServiceProvider();

        Assert.ThrowsAny<OptionsValidationException>(() => JobQueueRegistry.For(services));
    }

    [Fact]
    public async Task Start_OtherNames_AreFine()
    {
        await using var services = new ServiceCollection().AddSingleton(Configuration()).AddJobQueue("mail")
            .AddQueuedAdmission().Services.BuildServiceProvider();

        Assert.NotSame(
            services.GetRequiredKeyedService<JobQueue>("mail"),
            services.GetRequiredKeyedService<JobQueue>("configured"));
    }

    [Fact]
    public async Task Reload_ThatBringsTheNameOfAnotherQueue_IsRefusedWhole()
    {
        var source = new EditableConfiguration("""{ "QueuedAdmission": { "Queues": { "a": { "Workers": 8 } } } }""");
        await using var host = await QueueHost.StartAsync(source, services: services => services.AddJobQueue("mail"));

        source.Edit("""{ "QueuedAdmission": { "Queues": { "a": { "Workers": 4 }, "mail": {} } } }""");

        Assert.Equal((8, 2), (host.SettingsOf("a").Workers, host.Registry.Count));
        var line = Assert.Single(host.Log.Take());
        Assert.Equal((LogLevel.Error, "ReloadRefused"), (line.Level, line.Event));
        Assert.Contains(
            "QueuedAdmission:Queues:mail and AddJobQueue(\"mail\")", line.Message, StringComparison.Ordinal);
    }

    private static Microsoft.Extensions.Configuration.IConfiguration Configuration() =>
        new Microsoft.Extensions.Configuration.ConfigurationManager
        {
            ["QueuedAdmission:Queues:configured:Workers"] = "1",
        };
}
