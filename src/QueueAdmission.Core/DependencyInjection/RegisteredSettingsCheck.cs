using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// Reports settings that code has set although their package has not been registered. It validates the queues of
/// <c>AddJobQueue</c> when the host starts.
/// </summary>
/// <param name="registered">The settings that packages have registered.</param>
internal sealed class RegisteredSettingsCheck(IEnumerable<QueueSetting> registered) : IValidateOptions<JobQueueOptions>
{
    private readonly IReadOnlyCollection<QueueSetting> _registered = [.. registered];

    public ValidateOptionsResult Validate(string? name, JobQueueOptions options)
    {
        var errors = UnregisteredSettings.Describe(name, options, _registered);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
