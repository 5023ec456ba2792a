using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>The queues cannot be set up. The message has one line for each mistake.</summary>
internal sealed class QueueConfigurationException(string section, IReadOnlyList<string> errors)
    : OptionsValidationException(section, typeof(QueuedAdmissionOptions), errors)
{
    public override string Message =>
        $"The settings of the queues are wrong, so the application does not start.{ErrorList.Show(Failures)}";
}
