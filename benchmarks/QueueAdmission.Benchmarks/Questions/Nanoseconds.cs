namespace QueueAdmission.Benchmarks.Questions;

/// <summary>The result of a benchmark that measures a time of its own instead of the time of its call.</summary>
public readonly record struct Nanoseconds(double Value);
