using System.Diagnostics;

namespace QueueAdmission.Packaging.Processes;

/// <summary>Runs commands of the .NET SDK and waits until they have ended.</summary>
internal static class DotNet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Creates the start information of a <c>dotnet</c> process. The process leaves no build servers running, and takes
    /// packages from <paramref name="packages"/>.
    /// </summary>
    public static ProcessStartInfo StartInfo(string folder, string packages, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder,
            Environment =
            {
                ["NUGET_PACKAGES"] = packages,
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
                ["UseSharedCompilation"] = "false",
                ["DOTNET_CLI_UI_LANGUAGE"] = "en",
                ["DOTNET_NOLOGO"] = "1",
            },
        };
        // These variables would connect the nested build to the build that runs the tests.
        var ofMSBuild = start.Environment.Keys
            .Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase))
            .ToArray();
        foreach (var name in ofMSBuild)
        {
            if (name != "MSBUILDDISABLENODEREUSE")
                start.Environment.Remove(name);
        }
        return start;
    }

    /// <summary>Runs a command, which must succeed.</summary>
    /// <returns>The output of the command.</returns>
    public static async Task<string> RunAsync(string folder, string packages, params string[] arguments)
    {
        using var process = new BoundedProcess(StartInfo(folder, packages, arguments));
        var exitCode = await process.WaitForExitAsync(Limit);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {exitCode}:\n{process.Output}");
        return process.Output;
    }
}
