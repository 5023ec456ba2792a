namespace QueueAdmission.Deferred;

/// <summary>
/// Metadata that describes how requests of an endpoint are deferred. It is used to describe the endpoint in documents.
/// </summary>
internal interface IDeferTerms
{
    /// <summary>Which requests are deferred.</summary>
    DeferWhen When { get; }

    /// <summary>The options of the endpoint.</summary>
    DeferOptions Options { get; }
}
