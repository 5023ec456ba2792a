using Microsoft.Extensions.DependencyInjection.Extensions;
using QueueAdmission.Kafka;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts Kafka in front of the store of deferred jobs.</summary>
public static class KafkaDeferredJobsBuilderExtensions
{
    /// <summary>
    /// Accepts jobs as soon as the brokers have confirmed them. A consumer group imports the jobs into the store, which
    /// runs them.
    /// </summary>
    /// <remarks>
    /// <code>
    /// builder.Services.AddQueuedAdmission().AddDeferredJobs(d => d
    ///     .UsePostgreSql(connectionString)
    ///     .UseKafka("kafka1:9092,kafka2:9092"));
    /// </code>
    /// The store is still required, because jobs wait, run and end there. The topic must already exist.
    /// </remarks>
    /// <param name="builder">The deferred jobs.</param>
    /// <param name="bootstrapServers">
    /// The addresses of one or more brokers as <c>host:port</c>, separated by commas.
    /// </param>
    /// <param name="configure">Sets the topic and other options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IDeferredJobsBuilder UseKafka(
        this IDeferredJobsBuilder builder, string bootstrapServers, Action<KafkaIntakeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton(services =>
        {
            var options = new KafkaIntakeOptions();
            configure?.Invoke(options);
            return new KafkaContext(new KafkaSettings(bootstrapServers, options), services);
        }));
        builder.Services.AddHostedService<KafkaImporter>();
        return builder.UseIntake(static services => new KafkaJobIntake(services.GetRequiredService<KafkaContext>()));
    }
}
