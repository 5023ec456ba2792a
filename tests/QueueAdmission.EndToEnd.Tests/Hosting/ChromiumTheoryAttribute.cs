using System.Runtime.CompilerServices;

namespace QueueAdmission.EndToEnd;

/// <summary>A test with data that needs a browser. It is skipped like a <see cref="ChromiumFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        Skip = new ChromiumFactAttribute(file, line).Skip;
    }
}
