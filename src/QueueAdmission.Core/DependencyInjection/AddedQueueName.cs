namespace QueueAdmission;

/// <summary>
/// The name of a queue that <c>AddJobQueue</c> has added. It is registered as a service, because a container cannot
/// list the keys of its keyed services.
/// </summary>
/// <param name="Name">The queue's name.</param>
internal sealed record AddedQueueName(string Name);
