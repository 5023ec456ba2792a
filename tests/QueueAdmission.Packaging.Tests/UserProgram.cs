using System.Diagnostics;
using System.Text.Json;
using QueueAdmission.Packaging.Processes;

namespace QueueAdmission.Packaging;

/// <summary>A program in a separate folder that uses the packages.</summary>
/// <param name="folder">The folder of the program's files.</param>
/// <param name="packages">The folder for restored packages.</param>
/// <param name="version">The version of the packages that the program references.</param>
public sealed class UserProgram(string folder, string packages, string version)
{
    private string Output => Path.Combine(folder, "out");

    /// <summary>Publishes the program. A warning counts as an error.</summary>
    /// <returns>The output of the build.</returns>
    public Task<string> PublishAsync(params string[] settings) => DotNet.RunAsync(
        folder,
        packages,
        ["publish", "--output", Output, $"-p:QueueAdmissionVersion={version}", .. settings]);

    /// <summary>
    /// Returns the items of one kind that the project and its packages report to MSBuild and to editors.
    /// </summary>
    public async Task<JsonElement[]> GetItemsAsync(string kind)
    {
        await DotNet.RunAsync(folder, packages, "restore", $"-p:QueueAdmissionVersion={version}");
        var answer = await DotNet.RunAsync(
            folder, packages, "msbuild", $"-p:QueueAdmissionVersion={version}", $"-getItem:{kind}");
        using var json = JsonDocument.Parse(answer);
        var items = json.RootElement.GetProperty("Items").GetProperty(kind);
        return [.. items.EnumerateArray().Select(item => item.Clone())];
    }

    /// <summary>Creates the start information of the program after a normal publish.</summary>
    public ProcessStartInfo Start(string program) =>
        DotNet.StartInfo(Output, packages, [Path.Combine(Output, program + ".dll")]);

    /// <summary>
    /// Creates the start information of the program after it has been published as a native executable.
    /// </summary>
    public ProcessStartInfo StartNative(string program) =>
        new(Path.Combine(Output, program)) { WorkingDirectory = Output };
}
