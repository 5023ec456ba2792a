namespace QueueAdmission;

/// <summary>A snapshot of the workers of a queue.</summary>
/// <param name="Limit">The limit in force.</param>
/// <param name="Free">The number of free workers. Below 0 if more workers are in use than the limit allows.</param>
/// <param name="InUse">The number of workers that running jobs hold.</param>
/// <param name="Running">The number of running jobs. A job may hold several workers.</param>
/// <param name="Ran">The number of jobs that have ended so far.</param>
internal readonly record struct WorkerCounts(int Limit, int Free, int InUse, int Running, long Ran);
