namespace QueueAdmission.Benchmarks.Questions;

/// <summary>A benchmark returns this where the question is not how long the call takes but what it measured within.</summary>
public readonly record struct Nanoseconds(double Value);
