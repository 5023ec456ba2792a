using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>The exception for errors in the settings of the queues. The message has one line for each error.</summary>
internal sealed class QueueConfigurationException(string section, IReadOnlyList<string> errors)
    : OptionsValidationException(section, typeof(QueuedAdmissionOptions), errors)
{
    public override string Message =>
        $"The settings of the queues are wrong, so the application does not start.{ErrorList.Show(Failures)}";
}
