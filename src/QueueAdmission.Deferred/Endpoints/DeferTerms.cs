namespace QueueAdmission.Deferred;

/// <summary>How requests of an endpoint are deferred.</summary>
/// <param name="When">Which of them.</param>
/// <param name="Options">What differs for the endpoint.</param>
/// <param name="Headers">The headers that the parameters of the handler name.</param>
internal sealed record DeferTerms(DeferWhen When, DeferOptions Options, IReadOnlySet<string> Headers);
