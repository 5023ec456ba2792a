namespace QueueAdmission;

/// <summary>
/// Says that <c>AddJobQueue</c> was called with this name. A container cannot be asked for the keys of its services.
/// </summary>
/// <param name="Name">The queue's name.</param>
internal sealed record AddedQueueName(string Name);
