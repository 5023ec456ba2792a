namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>Where a job of an <see cref="OutcomesHistory"/> waits or runs, or that it has ended.</summary>
internal enum JobPlace
{
    Waiting,
    Here,
    Elsewhere,
    Ended,
}
