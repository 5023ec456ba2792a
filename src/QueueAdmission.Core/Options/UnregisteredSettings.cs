using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// Finds settings of packages that code gave to a queue, while the application has not switched on their package.
/// Nothing would read them.
/// </summary>
internal static class UnregisteredSettings
{
    private const string Deferred = "Deferred";

    private const string Unknown =
        "has no effect, because it is not registered. Call what its package adds, or AddQueueSetting(setting).";

    private static readonly JobQueueOptions Defaults = new();

    /// <summary>The error for each such setting.</summary>
    /// <param name="options">The settings of the queue. One that has its default is not an error.</param>
    /// <param name="registered">The settings that the application has.</param>
    /// <returns>The key, and what is wrong as words that follow the key in a message.</returns>
    public static IEnumerable<(string Key, string Message)> FindErrors(
        JobQueueOptions options, IReadOnlyCollection<QueueSetting> registered) =>
        from setting in options.AddedSettings
        where !registered.Contains(setting) && !setting.IsSame(options, Defaults)
        select (setting.Key, FindHelp(setting.Key) ?? Unknown);

    /// <summary>Throws if there are such settings.</summary>
    /// <exception cref="OptionsValidationException">There is one failure for each.</exception>
    public static void ThrowIfAny(
        string queueName, JobQueueOptions options, IReadOnlyCollection<QueueSetting> registered)
    {
        var errors = Describe(queueName, options, registered);
        if (errors.Count > 0)
        {
            throw new OptionsValidationException(queueName, typeof(JobQueueOptions), errors);
        }
    }

    /// <summary>The errors as sentences that name the queue.</summary>
    public static List<string> Describe(
        string? queueName, JobQueueOptions options, IReadOnlyCollection<QueueSetting> registered) =>
        [.. FindErrors(options, registered).Select(error => $"Queue '{queueName}': {error.Key} in code {error.Message}")];

    /// <summary>
    /// Describes how to switch on the package of a setting, as words that follow the key in a message. Null for keys
    /// that are not of the product's packages.
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
