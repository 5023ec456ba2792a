using System.Runtime.CompilerServices;

namespace QueueAdmission.EndToEnd;

/// <summary>
/// Marks a test with data that needs a browser. The test is skipped like one with <see cref="ChromiumFactAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        Skip = new ChromiumFactAttribute(file, line).Skip;
    }
}
