namespace QueueAdmission.Deferred;

internal sealed record DeferredJobFeature(Guid JobId, int Attempt, DateTimeOffset AcceptedAt) : IDeferredJobFeature;
