namespace QueueAdmission;

/// <summary>
/// Describes a request in lists of waiting and running requests. It contains no text that the client chose.
/// </summary>
/// <param name="Method">The HTTP method, or <c>other</c> for a method that is not a standard method.</param>
/// <param name="Route">The route pattern of the endpoint, or the name of the endpoint if it has no pattern.</param>
internal sealed record JobDescription(string Method, string Route);
