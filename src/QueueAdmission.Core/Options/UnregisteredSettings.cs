using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// Finds settings that code has set on a queue although the application has not registered their package. Such settings
/// would have no effect.
/// </summary>
internal static class UnregisteredSettings
{
    private const string Deferred = "Deferred";

    private const string Unknown =
        "has no effect, because it is not registered. "
        + "Call the registration method of its package, or AddQueueSetting(setting).";

    private static readonly JobQueueOptions Defaults = new();

    /// <summary>Returns an error for each such setting.</summary>
    /// <param name="options">The settings of the queue. A setting that has its default is not an error.</param>
    /// <param name="registered">The settings that the application has registered.</param>
    /// <returns>For each error, the key, and the part of the message that follows the key.</returns>
    public static IEnumerable<(string Key, string Message)> FindErrors(
        JobQueueOptions options, IReadOnlyCollection<QueueSetting> registered) =>
        from setting in options.AddedSettings
        where !registered.Contains(setting) && !setting.IsSame(options, Defaults)
        select (setting.Key, FindHelp(setting.Key) ?? Unknown);

    /// <summary>Throws if there is such a setting.</summary>
    /// <exception cref="OptionsValidationException">
    /// There are such settings. There is one failure per setting.
    /// </exception>
    public static void ThrowIfAny(
        string queueName, JobQueueOptions options, IReadOnlyCollection<QueueSetting> registered)
    {
        var errors = Describe(queueName, options, registered);
        if (errors.Count > 0)
        {
            throw new OptionsValidationException(queueName, typeof(JobQueueOptions), errors);
        }
    }

    /// <summary>Returns the errors as sentences that name the queue.</summary>
    public static List<string> Describe(
        string? queueName, JobQueueOptions options, IReadOnlyCollection<QueueSetting> registered) =>
        [
            .. FindErrors(options, registered)
                .Select(error => $"Queue '{queueName}': {error.Key} in code {error.Message}"),
        ];

    /// <summary>
    /// Returns how to register the package of a setting, as the part of a message that follows the key. Null if the key
    /// does not belong to a package of the product.
    /// </summary>
    public static string? FindHelp(string key) =>
        Is(key, "ClusterWorkers") || Is(key, "ClusterFallback")
            ? "needs a store that all nodes share. Install QueueAdmission.Redis, for example, and write: "
                + "AddQueuedAdmission().AddCluster(c => c.UseRedis(connectionString))"
        : Is(key, Deferred) || key.StartsWith(Deferred + QueueSetting.KeyDivider, StringComparison.OrdinalIgnoreCase)
            ? "needs a store of deferred jobs. Install QueueAdmission.Sqlite, for example, and write: "
                + "AddQueuedAdmission().AddDeferredJobs(d => d.UseSqlite(\"Data Source=jobs.db\"))"
        : null;

    private static bool Is(string key, string other) => key.Equals(other, StringComparison.OrdinalIgnoreCase);
}
