using System.Text.Json;
using QueueAdmission.Packaging.Processes;

namespace QueueAdmission.Packaging;

public class InstalledPackageTests(PackedLibraries libraries)
{
    [Fact]
    public async Task Engine_InstalledInAConsoleProgram_RunsJobs()
    {
        var program = libraries.Install("Batch");
        await program.PublishAsync();

        using var batch = new BoundedProcess(program.Start("Batch"));
        var exitCode = await batch.WaitForExitAsync(TimeSpan.FromMinutes(3));

        Assert.True(exitCode == 0, batch.Output);
        Assert.Equal("sum 385, ran 10", batch.Output.Trim());
    }

    [Fact]
    public async Task Middleware_InstalledInAWebProgram_QueuesRequests()
    {
        var program = libraries.Install("WebShop");
        await program.PublishAsync();

        using var server = await WebServer.StartAsync(program.Start("WebShop"));

        await WebShop.AssertQueuesOrdersAsync(server.Client);
    }

    [Fact]
    public async Task Middleware_Installed_ShowsEditorsItsJsonSchema()
    {
        var program = libraries.Install("WebShop");

        var segment = Assert.Single(await program.GetItemsAsync("JsonSchemaSegment"));

        Assert.Equal(@"appsettings\..*json", segment.GetProperty("FilePathPattern").GetString());
        using var schema = JsonDocument.Parse(
            await File.ReadAllTextAsync(
                segment.GetProperty("FullPath").GetString()!, TestContext.Current.CancellationToken));
        Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty("QueuedAdmission", out _));
    }
}
