using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>Validates the settings of a queue at startup, on a reload, and before a change at run time.</summary>
internal sealed class JobQueueOptionsValidator : IValidateOptions<JobQueueOptions>
{
    public ValidateOptionsResult Validate(string? name, JobQueueOptions options)
    {
        var errors = Describe(name, options);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>Throws if a setting is invalid.</summary>
    /// <exception cref="OptionsValidationException">
    /// One or more settings are invalid. There is one failure per setting, with queue, key, value and range.
    /// </exception>
    public static void ThrowIfInvalid(string queueName, JobQueueOptions options)
    {
        var errors = Describe(queueName, options);
        if (errors.Count > 0)
            throw new OptionsValidationException(queueName, typeof(JobQueueOptions), errors);
    }

    /// <summary>Returns an error for each invalid setting, with its value and the allowed values.</summary>
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
