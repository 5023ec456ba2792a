namespace QueueAdmission;

/// <summary>What may be shown of a request: nothing that its sender chose.</summary>
/// <param name="Method">The HTTP method, or <c>other</c> for one that HTTP does not define.</param>
/// <param name="Route">The endpoint's route pattern, or its name where it has none.</param>
internal sealed record JobDescription(string Method, string Route);
