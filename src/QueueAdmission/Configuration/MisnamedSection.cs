using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Finds a section that was meant to be ours: the package is called QueueAdmission and the section QueuedAdmission, and without this a section of the wrong name would
/// be ignored in silence.
/// </summary>
internal static class MisnamedSection
{
    private const int MostMistakes = 2;

    public static IEnumerable<string> FindErrors(IConfiguration configuration) => configuration.GetChildren()
        .Where(section => Math.Abs(section.Key.Length - QueuedAdmissionOptions.DefaultSection.Length) <= MostMistakes)
        .Where(section => Spelling.Distance(section.Key, QueuedAdmissionOptions.DefaultSection) is > 0 and <= MostMistakes)
        .Select(section => $"{section.Path} is not a section that is read; write {QueuedAdmissionOptions.DefaultSection}.");
}
