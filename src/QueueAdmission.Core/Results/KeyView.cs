namespace QueueAdmission;

/// <summary>The jobs of one key, as a list shows them.</summary>
/// <param name="Key">The key; empty for jobs without one.</param>
/// <param name="Waiting">Its jobs that wait.</param>
/// <param name="Running">Its jobs that run.</param>
internal readonly record struct KeyView(string Key, int Waiting, int Running);
