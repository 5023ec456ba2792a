namespace QueueAdmission.Stores.Sqlite;

/// <summary>The program of the processes that <see cref="JobWorker.Start"/> starts.</summary>
public sealed class JobWorkerProgram
{
    /// <summary>A normal test run does not execute it.</summary>
    [Fact(Explicit = true)]
    public void Run() => JobWorker.Run();
}
