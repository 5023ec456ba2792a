namespace QueueAdmission;

/// <summary>What the workers of a queue did at one moment.</summary>
/// <param name="Limit">The limit in force.</param>
/// <param name="Free">The workers that are free; below 0 where more are in use than the limit allows.</param>
/// <param name="InUse">The workers that running jobs hold.</param>
/// <param name="Running">The jobs that run. A job may hold several workers.</param>
/// <param name="Ran">The jobs that have ended so far.</param>
internal readonly record struct WorkerCounts(int Limit, int Free, int InUse, int Running, long Ran);
