namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>What the store has decided about a request of an <see cref="OutcomesHistory"/>.</summary>
internal enum StoreVerdict
{
    None,
    New,
    Repetition,
    Refused,
}
