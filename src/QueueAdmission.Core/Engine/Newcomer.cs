namespace QueueAdmission;

/// <summary>A job that arrives and has found no free worker at first sight.</summary>
/// <param name="MayWait">Whether it takes a place in line where there is no worker.</param>
/// <param name="HasLeft">
/// Whether its caller was gone when it came. Such a job takes a free worker as any other, and its caller's own code
/// learns the rest from the token. Where it would wait or be refused, it counts as abandoned: the queue has turned away
/// nothing that anything waits for.
/// </param>
/// <param name="Source">Where it comes from.</param>
internal readonly record struct Newcomer(bool MayWait, bool HasLeft, JobSource Source);
