namespace QueueAdmission;

/// <summary>The numbers of jobs of one key, for display in a list.</summary>
/// <param name="Key">The key; empty for the jobs without a key.</param>
/// <param name="Waiting">The number of the key's waiting jobs.</param>
/// <param name="Running">The number of the key's running jobs.</param>
internal readonly record struct KeyView(string Key, int Waiting, int Running);
