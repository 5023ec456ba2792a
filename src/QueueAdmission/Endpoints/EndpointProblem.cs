namespace QueueAdmission;

/// <summary>The reason why an endpoint has no queue although it names one.</summary>
/// <param name="Subject">The error without the endpoint. Problems with the same subject are logged once.</param>
/// <param name="Text">A message that names the endpoint and the queue, and says how to correct it.</param>
internal sealed record EndpointProblem(string Subject, string Text);
