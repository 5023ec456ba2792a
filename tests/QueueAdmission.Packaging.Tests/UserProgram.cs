using System.Diagnostics;
using System.Text.Json;
using QueueAdmission.Packaging.Processes;

namespace QueueAdmission.Packaging;

/// <summary>A fresh program in a folder of its own that uses the packages.</summary>
/// <param name="folder">Where its files are.</param>
/// <param name="packages">Where its packages are restored to.</param>
/// <param name="version">The version of the packages it references.</param>
public sealed class UserProgram(string folder, string packages, string version)
{
    private string Output => Path.Combine(folder, "out");

    /// <summary>Builds it and makes it ready to run. A warning is an error.</summary>
    /// <returns>What the build printed.</returns>
    public Task<string> PublishAsync(params string[] settings) => DotNet.RunAsync(
        folder,
        packages,
        ["publish", "--output", Output, $"-p:QueueAdmissionVersion={version}", .. settings]);

    /// <summary>What the project and the packages it uses tell MSBuild, and editors, about one kind of item.</summary>
    public async Task<JsonElement[]> GetItemsAsync(string kind)
    {
        await DotNet.RunAsync(folder, packages, "restore", $"-p:QueueAdmissionVersion={version}");
        var answer = await DotNet.RunAsync(folder, packages, "msbuild", $"-p:QueueAdmissionVersion={version}", $"-getItem:{kind}");
        using var json = JsonDocument.Parse(answer);
        return [.. json.RootElement.GetProperty("Items").GetProperty(kind).EnumerateArray().Select(item => item.Clone())];
    }

    /// <summary>How to start it when it was published as usual.</summary>
    public ProcessStartInfo Start(string program) => DotNet.StartInfo(Output, packages, [Path.Combine(Output, program + ".dll")]);

    /// <summary>How to start it when it was published as a native executable.</summary>
    public ProcessStartInfo StartNative(string program) => new(Path.Combine(Output, program)) { WorkingDirectory = Output };
}
