using System.Diagnostics;
using System.Text.Json;
using QueueAdmission.Packaging.Processes;

namespace QueueAdmission.Packaging;

/// <summary>A new program in its own folder that uses the packages.</summary>
/// <param name="folder">The folder of its files.</param>
/// <param name="packages">The folder for its restored packages.</param>
/// <param name="version">The version of the packages that it references.</param>
public sealed class UserProgram(string folder, string packages, string version)
{
    private string Output => Path.Combine(folder, "out");

    /// <summary>Builds the program for a run. A warning is an error.</summary>
    /// <returns>The output of the build.</returns>
    public Task<string> PublishAsync(params string[] settings) => DotNet.RunAsync(
        folder,
        packages,
        ["publish", "--output", Output, $"-p:QueueAdmissionVersion={version}", .. settings]);

    /// <summary>The items of one kind that the project and its packages report to MSBuild and to editors.</summary>
    public async Task<JsonElement[]> GetItemsAsync(string kind)
    {
        await DotNet.RunAsync(folder, packages, "restore", $"-p:QueueAdmissionVersion={version}");
        var answer = await DotNet.RunAsync(
            folder, packages, "msbuild", $"-p:QueueAdmissionVersion={version}", $"-getItem:{kind}");
        using var json = JsonDocument.Parse(answer);
        return [.. json.RootElement.GetProperty("Items").GetProperty(kind).EnumerateArray().Select(item => item.Clone())];
    }

    /// <summary>Creates the start of the program after a normal publish.</summary>
    public ProcessStartInfo Start(string program) =>
        DotNet.StartInfo(Output, packages, [Path.Combine(Output, program + ".dll")]);

    /// <summary>Creates the start of the program after it was published as a native executable.</summary>
    public ProcessStartInfo StartNative(string program) =>
        new(Path.Combine(Output, program)) { WorkingDirectory = Output };
}
