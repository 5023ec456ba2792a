namespace QueueAdmission;

/// <summary>The part of a request that lists may show. It contains no value that the client chose.</summary>
/// <param name="Method">The HTTP method, or <c>other</c> for one that HTTP does not define.</param>
/// <param name="Route">The route pattern of the endpoint, or its name if it has no pattern.</param>
internal sealed record JobDescription(string Method, string Route);
