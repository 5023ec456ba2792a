namespace QueueAdmission;

/// <summary>An arriving job that found no free worker without the lock.</summary>
/// <param name="MayWait">Whether the job may wait if no worker is free.</param>
/// <param name="HasLeft">
/// Whether the caller had already left when the job arrived. Such a job still takes a free worker, and its code then
/// sees the cancelled token. If the job would have to wait or be refused, it counts as abandoned and not as refused,
/// because no client waits for an answer.
/// </param>
/// <param name="Source">The origin of the job.</param>
internal readonly record struct Newcomer(bool MayWait, bool HasLeft, JobSource Source);
