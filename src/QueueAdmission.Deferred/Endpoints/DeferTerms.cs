namespace QueueAdmission.Deferred;

/// <summary>Describes how requests of an endpoint are deferred.</summary>
/// <param name="When">Which requests are deferred.</param>
/// <param name="Options">The options of the endpoint.</param>
/// <param name="Headers">The headers that are parameters of the handler.</param>
internal sealed record DeferTerms(DeferWhen When, DeferOptions Options, IReadOnlySet<string> Headers);
