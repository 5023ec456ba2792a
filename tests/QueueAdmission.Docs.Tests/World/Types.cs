namespace QueueAdmission.Docs;

public sealed record Order(string Item);

public sealed record ChatRequest(string Model, string Prompt);
