namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>Where a job of an <see cref="OutcomesHistory"/> is.</summary>
internal enum JobPlace
{
    Waiting,
    Here,
    Elsewhere,
    Ended,
}
