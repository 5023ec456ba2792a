namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Adds queues, and features for them, to an application. <c>AddQueuedAdmission</c> and <c>AddJobQueue</c> return it.
/// </summary>
/// <remarks>
/// Packages that extend QueueAdmission provide extension methods on this interface, so that calls can be chained:
/// <code>
/// services.AddJobQueue("pdf", o => o.Workers = 4).AddJobQueue("mail");
/// </code>
/// </remarks>
public interface IQueueAdmissionBuilder
{
    /// <summary>The services that the queues are registered in.</summary>
    IServiceCollection Services { get; }
}
