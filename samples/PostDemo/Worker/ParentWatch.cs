namespace PostDemo;

/// <summary>
/// Ends the process that runs the jobs when the front ends. The front holds the other end of this process's standard
/// input. The operating system closes that end when the front has ended, even after a kill -9.
/// </summary>
internal sealed class ParentWatch(IHostApplicationLifetime lifetime) : IHostedService
{
    private static readonly TimeSpan LastJobs = TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        new Thread(Watch) { IsBackground = true, Name = "parent watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
            // The front sends nothing.
        }
        lifetime.StopApplication();
        // Ends the process even if its shutdown hangs.
        Thread.Sleep(LastJobs);
        Environment.Exit(1);
    }
}
