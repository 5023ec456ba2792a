namespace QueueAdmission;

/// <summary>The reason why an endpoint that names a queue has no queue.</summary>
/// <param name="Subject">The error without the endpoint. Problems with the same subject are logged only once.</param>
/// <param name="Text">A message that describes the error of this endpoint and what is allowed.</param>
internal sealed record EndpointProblem(string Subject, string Text);
