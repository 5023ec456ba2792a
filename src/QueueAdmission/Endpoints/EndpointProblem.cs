namespace QueueAdmission;

/// <summary>Why an endpoint that names a queue has none.</summary>
/// <param name="Subject">What is wrong, without the endpoint: problems of the same subject are logged once.</param>
/// <param name="Text">A sentence that names endpoint and queue, and says what to write.</param>
internal sealed record EndpointProblem(string Subject, string Text);
