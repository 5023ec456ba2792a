using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// The ranges of a queue's settings, in one place: start-up, configuration and live changes all ask here.
/// </summary>
internal sealed class JobQueueOptionsValidator : IValidateOptions<JobQueueOptions>
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, JobQueueOptions options)
    {
        var errors = Describe(name, options);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="OptionsValidationException">
    /// With one failure a bad setting, each naming queue, key, value and range.
    /// </exception>
    public static void ThrowIfInvalid(string queueName, JobQueueOptions options)
    {
        var errors = Describe(queueName, options);
        if (errors.Count > 0)
            throw new OptionsValidationException(queueName, typeof(JobQueueOptions), errors);
    }

    private static List<string> Describe(string? queueName, JobQueueOptions options) =>
        FindErrors(options).Select(error => $"Queue '{queueName}': {error.Key} {error.Message}").ToList();

    /// <summary>Every bad setting, with its value and what is allowed.</summary>
    public static IEnumerable<SettingError> FindErrors(JobQueueOptions o)
    {
        if (o.Workers is < 1 or > JobQueueOptions.WorkersLimit)
            yield return OutOfRange(nameof(o.Workers), o.Workers, 1, JobQueueOptions.WorkersLimit);
        if (o.Partitions is < 1 or > JobQueueOptions.PartitionsLimit)
            yield return OutOfRange(nameof(o.Partitions), o.Partitions, 1, JobQueueOptions.PartitionsLimit);
        if (o.PartitionCapacity is < 0 or > JobQueueOptions.PlacesLimit)
            yield return OutOfRange(nameof(o.PartitionCapacity), o.PartitionCapacity, 0, JobQueueOptions.PlacesLimit);
        else if (o.Partitions is >= 1 and <= JobQueueOptions.PartitionsLimit && (long)o.Partitions * o.PartitionCapacity > JobQueueOptions.PlacesLimit)
            yield return new(nameof(o.PartitionCapacity),
                string.Create(CultureInfo.InvariantCulture, $"{o.PartitionCapacity} with {o.Partitions} Partitions, together {(long)o.Partitions * o.PartitionCapacity:N0} places"),
                string.Create(CultureInfo.InvariantCulture, $"Partitions × PartitionCapacity up to {JobQueueOptions.PlacesLimit:N0}"));
        if (o.MaxWait != Timeout.InfiniteTimeSpan && (o.MaxWait < TimeSpan.Zero || o.MaxWait > MaxTime))
            yield return new(nameof(o.MaxWait), $"{o.MaxWait:c}", "00:00:00 to 01:00:00, or infinite");
        if (!Enum.IsDefined(o.Order))
            yield return new(nameof(o.Order), $"{o.Order}", $"{QueueProcessingOrder.OldestFirst}, {QueueProcessingOrder.NewestFirst}");
        if (o.MinRetryAfter < TimeSpan.FromSeconds(1) || o.MinRetryAfter > MaxTime)
            yield return new(nameof(o.MinRetryAfter), $"{o.MinRetryAfter:c}", "00:00:01 to 01:00:00");
        if (o.MaxRetryAfter < TimeSpan.FromSeconds(1) || o.MaxRetryAfter > MaxTime)
            yield return new(nameof(o.MaxRetryAfter), $"{o.MaxRetryAfter:c}", "00:00:01 to 01:00:00");
        else if (o.MaxRetryAfter < o.MinRetryAfter)
            yield return new(nameof(o.MaxRetryAfter), $"{o.MaxRetryAfter:c}", $"at least MinRetryAfter, which is {o.MinRetryAfter:c}");
        if (o.MaxWorkersPerKey is < 1 or > JobQueueOptions.WorkersLimit)
            yield return OutOfRange(nameof(o.MaxWorkersPerKey), o.MaxWorkersPerKey.Value, 1, JobQueueOptions.WorkersLimit);
        foreach (var error in FindOverloadErrors(o).Concat(FindAdaptiveErrors(o)).Concat(o.FindOwnErrors()))
            yield return error;
    }

    private static IEnumerable<SettingError> FindOverloadErrors(JobQueueOptions o)
    {
        if (IsBad(o.OverloadTarget))
            yield return new(nameof(o.OverloadTarget), $"{o.OverloadTarget:c}", "00:00:00.001 to 01:00:00");
        if (IsBad(o.OverloadInterval))
            yield return new(nameof(o.OverloadInterval), $"{o.OverloadInterval:c}", "00:00:00.001 to 01:00:00");

        static bool IsBad(TimeSpan? time) => time < TimeSpan.FromMilliseconds(1) || time > MaxTime;
    }

    private static IEnumerable<SettingError> FindAdaptiveErrors(JobQueueOptions o)
    {
        if (o.MinWorkers is < 1 or > JobQueueOptions.WorkersLimit)
            yield return OutOfRange(nameof(o.MinWorkers), o.MinWorkers, 1, JobQueueOptions.WorkersLimit);
        else if (o.AdaptiveWorkers && o.MinWorkers > o.Workers)
            yield return new(nameof(o.MinWorkers), $"{o.MinWorkers}", $"at most Workers, which is {o.Workers}");
        if (o.MaxWorkers is < 1 or > JobQueueOptions.WorkersLimit)
            yield return OutOfRange(nameof(o.MaxWorkers), o.MaxWorkers, 1, JobQueueOptions.WorkersLimit);
        else if (o.AdaptiveWorkers && o.MaxWorkers < o.Workers)
            yield return new(nameof(o.MaxWorkers), $"{o.MaxWorkers}", $"at least Workers, which is {o.Workers}");
    }

    private static SettingError OutOfRange(string key, int value, int min, int max) =>
        new(key, value.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{min:N0} to {max:N0}"));
}
