using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// Checks the settings of a queue against their table: at start, on a reload, and before a live change.
/// </summary>
internal sealed class JobQueueOptionsValidator : IValidateOptions<JobQueueOptions>
{
    public ValidateOptionsResult Validate(string? name, JobQueueOptions options)
    {
        var errors = Describe(name, options);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="OptionsValidationException">
    /// There is one failure for each bad setting, with queue, key, value and range.
    /// </exception>
    public static void ThrowIfInvalid(string queueName, JobQueueOptions options)
    {
        var errors = Describe(queueName, options);
        if (errors.Count > 0)
            throw new OptionsValidationException(queueName, typeof(JobQueueOptions), errors);
    }

    /// <summary>Every bad setting, with its value and what is allowed.</summary>
    public static IEnumerable<SettingError> FindErrors(JobQueueOptions options)
    {
        foreach (var setting in JobQueueSettings.All.Concat(options.AddedSettings))
        {
            if (setting.FindError(options) is { } error)
                yield return error;
        }
        foreach (var error in options.FindOwnErrors())
            yield return error;
    }

    private static List<string> Describe(string? queueName, JobQueueOptions options) =>
        FindErrors(options).Select(error => $"Queue '{queueName}': {error.Key} {error.Message}").ToList();
}
