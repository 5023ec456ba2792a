namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds to the queues of an application. <c>AddQueuedAdmission</c> and <c>AddJobQueue</c> return it.</summary>
/// <remarks>
/// Packages that extend QueueAdmission offer their methods on it. So these methods appear where there are queues, and
/// are written in one chain.
/// <code>
/// services.AddJobQueue("pdf", o => o.Workers = 4).AddJobQueue("mail");
/// </code>
/// </remarks>
public interface IQueueAdmissionBuilder
{
    /// <summary>The services that the queues are registered in.</summary>
    IServiceCollection Services { get; }
}
