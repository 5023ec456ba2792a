using Microsoft.Extensions.Options;

namespace QueueAdmission.Companions;

public sealed class CompanionSettingTests
{
    [Fact]
    public void Setting_InConfiguration_IsReadForEachQueueAndLive()
    {
        using var services = Build(
            out var configuration,
            ("Defaults:SharedBudget", "200"),
            ("Queues:a:SharedBudget", "30"),
            ("Queues:b:Workers", "2"));
        var registry = services.GetRequiredService<JobQueueRegistry>();
        Assert.True(registry.TryGet("a", out var a));
        Assert.True(registry.TryGet("b", out var b));
        Assert.Equal((30, 200), (SharedBudget.Of(a), SharedBudget.Of(b)));

        configuration["QueuedAdmission:Queues:a:SharedBudget"] = "40";
        configuration.Reload();
        Assert.Equal(40, SharedBudget.Of(a));

        registry.Update(
            "b",
            settings => (settings.RejectionStatusCode, settings.Workers) =
                (429, settings.Workers + settings.Get(SharedBudget.Setting)));
        registry.Update("b", settings => settings.Set(SharedBudget.Setting, 7));
        Assert.Equal((202, 7), (b.GetSnapshot().Settings.Workers, SharedBudget.Of(b)));
    }

    [Theory]
    [InlineData("SharedBudget", "0", "QueuedAdmission:Queues:a:SharedBudget is 0; allowed: 1 to 1,000.")]
    [InlineData("SharedBudge", "5", "did you mean SharedBudget?")]
    public void Setting_WrongInConfiguration_StopsTheStart(string key, string value, string expected)
    {
        using var services = Build(out _, ($"Queues:a:{key}", value));

        var exception = Assert.ThrowsAny<OptionsValidationException>(services.GetRequiredService<JobQueueRegistry>);

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_OfAQueueWithoutWebServer_IsGivenInCode()
    {
        using var services = new ServiceCollection()
            .AddJobQueue("good", options => options.Set(SharedBudget.Setting, 5))
            .AddJobQueue("bad", options => options.Set(SharedBudget.Setting, 0))
            .AddSharedBudget()
            .Services.BuildServiceProvider();

        Assert.Equal(5, SharedBudget.Of(services.GetRequiredKeyedService<JobQueue>("good")));
        Assert.Throws<OptionsValidationException>(() => services.GetRequiredKeyedService<JobQueue>("bad"));
    }

    private static ServiceProvider Build(
        out IConfigurationRoot configuration, params (string Key, string Value)[] settings)
    {
        configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(
                setting => KeyValuePair.Create($"QueuedAdmission:{setting.Key}", (string?)setting.Value)))
            .Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddQueuedAdmission()
            .AddSharedBudget().Services.BuildServiceProvider();
    }
}
