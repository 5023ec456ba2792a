namespace QueueAdmission.Benchmarks.Questions;

/// <summary>The result of a benchmark that measures a time itself, instead of being timed from outside.</summary>
public readonly record struct Nanoseconds(double Value);
