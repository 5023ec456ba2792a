namespace PostDemo;

/// <summary>The process that runs the jobs. It has the same endpoints as the front, and no callers.</summary>
internal static class PostWorker
{
    private const string Option = "--role";
    private const string Worker = "worker";

    public static bool IsOne(string[] args) => args is [Option, Worker, ..];

    /// <summary>
    /// Returns the arguments of the process: those of the front, and the folder that both processes use.
    /// </summary>
    public static string[] Arguments(string[] args, string folder) =>
        [Option, Worker, .. args, DemoFolder.Option, folder, "--urls", "http://127.0.0.1:0"];

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        builder.AddPublishing(builder.Configuration[DemoFolder.Name]!, imports: true);
        builder.Services.AddHostedService<ParentWatch>();
        await using var app = builder.Build();
        app.MapPublishing();
        await app.StartAsync();
        WorkerSign.Tell();
        await app.WaitForShutdownAsync();
        return 0;
    }
}
