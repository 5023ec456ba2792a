namespace QueueAdmission;

/// <summary>One of the numbers that bound the workers of a queue. The least of them is in force.</summary>
/// <param name="Name">
/// <c>settings</c>, <c>adaptive</c>, <c>override</c>, or the name that <see
/// cref="WorkerCapExtensions.SetWorkerCap(JobQueue, string, int)"/> was called with.
/// </param>
/// <param name="Workers">The number of workers that it allows, from 0.</param>
public readonly record struct WorkerCap(string Name, int Workers);
