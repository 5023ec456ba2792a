using System.Runtime.CompilerServices;
using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>
/// Marks a test that needs a browser. If none is installed, the test is skipped with a message that tells how to
/// install one.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (Chromium.Path is null)
        {
            Skip = "There is no Chromium. Install it with: sudo apt-get install -y chromium   (or set CHROMIUM to " +
                "the path of a Chromium or Chrome)";
        }
    }
}
