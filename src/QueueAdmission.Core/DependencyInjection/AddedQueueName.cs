namespace QueueAdmission;

/// <summary>
/// Records that <c>AddJobQueue</c> was called with this name, because a container cannot list the keys of its services.
/// </summary>
/// <param name="Name">The queue's name.</param>
internal sealed record AddedQueueName(string Name);
