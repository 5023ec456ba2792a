using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Finds a section with a misspelled name. The package is called QueueAdmission, but the section QueuedAdmission.
/// Without this check, a section with the wrong name would be silently ignored.
/// </summary>
internal static class MisnamedSection
{
    private const int MaxMistakes = 2;

    public static IEnumerable<string> FindErrors(IConfiguration configuration) => configuration.GetChildren()
        .Where(section => Math.Abs(section.Key.Length - QueuedAdmissionOptions.DefaultSection.Length) <= MaxMistakes)
        .Where(
            section => Spelling.Distance(section.Key, QueuedAdmissionOptions.DefaultSection) is > 0 and <= MaxMistakes)
        .Select(
            section => $"{section.Path} is not a section that is read; write {QueuedAdmissionOptions.DefaultSection}.");
}
