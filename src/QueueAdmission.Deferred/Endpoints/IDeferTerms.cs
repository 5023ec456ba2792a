namespace QueueAdmission.Deferred;

/// <summary>Metadata that says how requests of an endpoint are deferred, for descriptions of the endpoint.</summary>
internal interface IDeferTerms
{
    /// <summary>Which of them are deferred.</summary>
    DeferWhen When { get; }

    /// <summary>What differs for the endpoint.</summary>
    DeferOptions Options { get; }
}
