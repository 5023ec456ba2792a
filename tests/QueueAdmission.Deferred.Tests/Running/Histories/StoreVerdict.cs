namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>The decision of the store about a request of an <see cref="OutcomesHistory"/>.</summary>
internal enum StoreVerdict
{
    None,
    New,
    Repetition,
    Refused,
}
