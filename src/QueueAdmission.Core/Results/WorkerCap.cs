namespace QueueAdmission;

/// <summary>A cap on the number of workers of a queue. The smallest of all caps is in force.</summary>
/// <param name="Name">
/// The name of the cap: <c>settings</c>, <c>adaptive</c>, <c>override</c>, or a name that was passed to
/// <see cref="WorkerCapExtensions.SetWorkerCap(JobQueue, string, int)"/>.
/// </param>
/// <param name="Workers">The number of workers that the cap allows, from 0.</param>
public readonly record struct WorkerCap(string Name, int Workers);
