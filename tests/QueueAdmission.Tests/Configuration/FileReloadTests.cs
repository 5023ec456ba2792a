using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Configuration;

public sealed class FileReloadTests : IDisposable
{
    private const string File = "appsettings.json";
    private const string Broken = """{ "QueuedAdmission": { "Queues": { "a": { "Workers": 4 """;
    private readonly ConfigurationFolder _folder = new();

    public FileReloadTests() => _folder.Write(File, Workers(8));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_InPlace_IsTaken()
    {
        await using var host = await QueueHost.StartAsync(_folder.Source(File));

        _folder.Write(File, Workers(4));

        Assert.Equal("Queue a has new settings: Workers 8 → 4.", await host.Log.NextAsync("QueueChanged"));
        Assert.Equal(4, host.SettingsOf("a").Workers);
    }

    [Fact]
    public async Task Rename_OverTheFile_IsTaken()
    {
        await using var host = await QueueHost.StartAsync(_folder.Source(File));

        _folder.Replace(File, Workers(4));

        Assert.Equal("Queue a has new settings: Workers 8 → 4.", await host.Log.NextAsync("QueueChanged"));
    }

    [Fact]
    public async Task Swap_OfAKubernetesMountWithPolling_IsTaken()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Kubernetes mounts consist of links.");
        _folder.Mount("mounted.json", "..v1", Workers(8));
        await using var host = await QueueHost.StartAsync(_folder.Source("mounted.json", polling: true));
        Assert.Equal(8, host.SettingsOf("a").Workers);

        _folder.Mount("mounted.json", "..v2", Workers(4));

        Assert.Equal("Queue a has new settings: Workers 8 → 4.", await host.Log.NextAsync("QueueChanged"));
    }

    [Fact]
    public async Task Write_BrokenJson_KeepsTheSettingsLogsOneErrorAndTakesTheNextGoodEdit()
    {
        await using var host = await QueueHost.StartAsync(_folder.Source(File));

        _folder.Write(File, Broken);
        var line = await host.Log.NextAsync();

        Assert.Equal((LogLevel.Error, "ReloadRefused"), (line.Level, line.Event));
        Assert.Contains("appsettings.json cannot be read: ", line.Message, StringComparison.Ordinal);
        Assert.Equal(8, host.SettingsOf("a").Workers);
        Assert.False(host.Registry.LastReload?.Succeeded);

        _folder.Write(File, Workers(4));

        await host.Log.NextAsync("QueueChanged");
        await host.Log.NextAsync("ReloadGoodAgain");
        Assert.Equal(4, host.SettingsOf("a").Workers);
    }

    [Fact]
    public async Task Write_BackToWhatItWasAfterBrokenJson_IsGoodAgainWithoutAChange()
    {
        await using var host = await QueueHost.StartAsync(_folder.Source(File));

        _folder.Write(File, Broken);
        await host.Log.NextAsync("ReloadRefused");
        _folder.Write(File, Workers(8));

        await host.Log.NextAsync("ReloadGoodAgain");
        Assert.True(host.Registry.LastReload?.Succeeded);
    }

    [Fact]
    public async Task EditOfAnotherSource_WhileAFileIsBroken_IsTakenTogetherWithTheMendedFile()
    {
        var other = new EditableConfiguration();
        await using var host =
            await QueueHost.StartAsync(configuration => configuration.Add(_folder.Source(File)).Add(other));
        _folder.Write(File, Broken);
        await host.Log.NextAsync("ReloadRefused");

        other.Edit("""{ "QueuedAdmission": { "Queues": { "b": {} } } }""");
        Assert.Null(host.Registry.Find("b"));
        Assert.Equal(JobQueueState.Running, host.Registry.Find("a")!.Queue.GetSnapshot().State);

        _folder.Write(File, Workers(8));
        await host.Log.NextAsync("QueueAdded");
        await host.Log.NextAsync("ReloadGoodAgain");
    }

    [Fact]
    public async Task Write_BrokenJsonThatItsOwnerIgnores_KeepsTheSettingsAndTellsTheOwner()
    {
        var told = new TaskCompletionSource();
        await using var host = await QueueHost.StartAsync(_folder.Source(File, onLoadException: context =>
        {
            context.Ignore = true;
            told.TrySetResult();
        }));

        _folder.Write(File, Broken);
        await host.Log.NextAsync("ReloadRefused");
        await told.Task;
        Assert.Equal(8, host.SettingsOf("a").Workers);

        _folder.Write(File, Workers(4));
        await host.Log.NextAsync("QueueChanged");
        await host.Log.NextAsync("ReloadGoodAgain");
    }

    [Fact]
    public async Task Write_BrokenJsonOfAChainedConfiguration_KeepsTheSettings()
    {
        using var inner = (ConfigurationRoot)new ConfigurationBuilder().Add(_folder.Source(File)).Build();
        await using var host = await QueueHost.StartAsync(configuration => configuration.AddConfiguration(inner));

        _folder.Write(File, Broken);
        await host.Log.NextAsync("ReloadRefused");

        Assert.Equal(8, host.SettingsOf("a").Workers);
    }

    [Fact]
    public async Task Write_FileAddedAfterTheStart_IsWatchedToo()
    {
        _folder.Write("late.json", """{ "QueuedAdmission": { "Queues": { "b": {} } } }""");
        ConfigurationManager? manager = null;
        await using var host = await QueueHost.StartAsync(
            configuration => manager = ((ConfigurationManager)configuration.Add(_folder.Source(File))));
        ((IConfigurationBuilder)manager!).Add(_folder.Source("late.json"));
        await host.Log.NextAsync("QueueAdded");

        _folder.Write("late.json", Broken);

        Assert.Contains(
            "late.json cannot be read", await host.Log.NextAsync("ReloadRefused"), StringComparison.Ordinal);
        Assert.NotNull(host.Registry.Find("b"));
    }

    [Fact]
    public async Task Write_TwoHostsOnOneFile_BothTakeIt()
    {
        await using var first = await QueueHost.StartAsync(_folder.Source(File));
        await using var second = await QueueHost.StartAsync(_folder.Source(File), o => o.AddQueue("b"));

        _folder.Write(File, Workers(4));

        await first.Log.NextAsync("QueueChanged");
        await second.Log.NextAsync("QueueChanged");
        Assert.NotSame(first.Registry.Find("a")!.Queue, second.Registry.Find("a")!.Queue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Replace_ByADanglingLink_KeepsTheSettingsLogsOneErrorAndTakesTheNextGoodEdit(bool optional)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Creating a link needs special rights there.");
        await using var host = await QueueHost.StartAsync(_folder.Source(File, optional: optional));

        _folder.ReplaceByDanglingLink(File);

        Assert.Contains(
            "appsettings.json cannot be read: Could not find file",
            await host.Log.NextAsync("ReloadRefused"),
            StringComparison.Ordinal);
        Assert.Equal(8, host.SettingsOf("a").Workers);
        Assert.False(host.Registry.LastReload?.Succeeded);

        _folder.Replace(File, Workers(4));

        await host.Log.NextAsync("QueueChanged");
        await host.Log.NextAsync("ReloadGoodAgain");
        Assert.Equal(4, host.SettingsOf("a").Workers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Replace_ByADirectory_KeepsTheSettingsLogsOneErrorAndTakesTheNextGoodEdit(bool optional)
    {
        await using var host = await QueueHost.StartAsync(_folder.Source(File, optional: optional));

        _folder.ReplaceByDirectory(File);

        Assert.Contains(
            "appsettings.json cannot be read: there is a directory in its place.",
            await host.Log.NextAsync("ReloadRefused"),
            StringComparison.Ordinal);
        Assert.Equal(8, host.SettingsOf("a").Workers);

        _folder.DeleteDirectory(File);
        _folder.Write(File, Workers(4));

        await host.Log.NextAsync("QueueChanged");
        await host.Log.NextAsync("ReloadGoodAgain");
    }

    [Fact]
    public async Task Delete_OfARequiredFile_KeepsTheSettingsUntilItIsThereAgain()
    {
        await using var host = await QueueHost.StartAsync(_folder.Source(File));

        _folder.Delete(File);

        Assert.Contains(
            "appsettings.json cannot be read: it does not exist, and it is not optional.",
            await host.Log.NextAsync("ReloadRefused"),
            StringComparison.Ordinal);
        Assert.Equal(8, host.SettingsOf("a").Workers);

        _folder.Write(File, Workers(8));

        await host.Log.NextAsync("ReloadGoodAgain");
        Assert.True(host.Registry.LastReload?.Succeeded);
    }

    [Fact]
    public async Task Delete_OfAnOptionalFile_IsAnEdit()
    {
        await using var host =
            await QueueHost.StartAsync(_folder.Source(File, optional: true), o => o.AddQueue("a", a => a.Workers = 3));

        _folder.Delete(File);

        Assert.Equal("Queue a has new settings: Workers 8 → 3.", await host.Log.NextAsync("QueueChanged"));
        Assert.True(host.Registry.LastReload?.Succeeded);
    }

    [Fact]
    public async Task Write_TheSameKeyTwiceInDifferentCase_IsAnErrorThatNamesTheKey()
    {
        await using var host = await QueueHost.StartAsync(_folder.Source(File));

        _folder.Write(File, """{ "QueuedAdmission": { "Queues": { "a": { "Workers": 1, "workers": 2 } } } }""");

        Assert.Contains(
            "A duplicate key 'QueuedAdmission:Queues:a:workers' was found",
            await host.Log.NextAsync("ReloadRefused"),
            StringComparison.Ordinal);
        Assert.Equal(8, host.SettingsOf("a").Workers);
    }

    [Fact]
    public async Task Write_BrokenJsonAndTheOwnersCallbackThrows_KeepsTheSettingsAndTakesTheNextGoodEdit()
    {
        await using var host = await QueueHost.StartAsync(
            _folder.Source(File, onLoadException: _ => throw new InvalidTimeZoneException()));

        _folder.Write(File, Broken);
        await host.Log.NextAsync("ReloadRefused");
        Assert.Equal(8, host.SettingsOf("a").Workers);

        _folder.Write(File, Workers(4));
        await host.Log.NextAsync("QueueChanged");
    }

    [Fact]
    public async Task Write_BrokenJsonAfterAnotherHostOnTheSameSourceWasDisposed_IsStillFound()
    {
        using var shared = (ConfigurationRoot)new ConfigurationBuilder().Add(_folder.Source(File)).Build();
        var gone = await QueueHost.StartAsync(configuration => configuration.AddConfiguration(shared));
        await using var host = await QueueHost.StartAsync(configuration => configuration.AddConfiguration(shared));
        await gone.DisposeAsync();

        _folder.Write(File, Broken);

        await host.Log.NextAsync("ReloadRefused");
        Assert.Empty(gone.Log.Take());
    }

    private static string Workers(int workers) =>
        $$"""{ "QueuedAdmission": { "Queues": { "a": { "Workers": {{workers}} } } } }""";
}
