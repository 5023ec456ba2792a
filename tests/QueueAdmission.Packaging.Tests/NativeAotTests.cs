using QueueAdmission.Packaging.Processes;

namespace QueueAdmission.Packaging;

public class NativeAotTests(PackedLibraries libraries)
{
    [Fact]
    public async Task Middleware_CompiledByNativeAot_QueuesRequestsAndCausesNoWarning()
    {
        Effort.SkipUnlessFull();
        NativeToolchain.SkipIfMissing();
        var program = libraries.Install("WebShop");

        var output = await program.PublishAsync("-p:PublishAot=true");

        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        using var server = await WebServer.StartAsync(program.StartNative("WebShop"));
        await WebShop.AssertQueuesOrdersAsync(server.Client);
    }
}
