using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace QueueAdmission.Instructions;

/// <summary>Counts the instructions of one run of this program with valgrind's cachegrind.</summary>
internal static partial class Cachegrind
{
    // Turn off everything that varies between runs: tiered compilation and its profiling, the garbage collector's
    // background threads, and the diagnostics server.
    private static readonly (string Name, string Value)[] Settings =
    [
        ("DOTNET_GCHeapHardLimit", "0x10000000"),
        ("DOTNET_gcServer", "0"),
        ("DOTNET_gcConcurrent", "0"),
        ("DOTNET_TieredCompilation", "0"),
        ("DOTNET_TieredPGO", "0"),
        ("DOTNET_EnableWriteXorExecute", "0"),
        ("DOTNET_EnableDiagnostics", "0"),
        ("DOTNET_hostBuilder__reloadConfigOnChange", "false"),
    ];

    public static async Task<long> CountAsync(IEnumerable<string> calls)
    {
        var start = new ProcessStartInfo("valgrind") { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            "--tool=cachegrind", "--cache-sim=no", "--branch-sim=no", "--smc-check=all-non-file",
            "--cachegrind-out-file=/dev/null",
            Environment.ProcessPath!, .. IsHost(Environment.ProcessPath!)
                ? [Environment.GetCommandLineArgs()[0]] : Array.Empty<string>(), "run", .. calls,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in Settings)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var report = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || Total().Match(report) is not { Success: true } total)
            throw new InvalidOperationException($"valgrind ended with {process.ExitCode}:\n{report}\n{await output}");
        return long.Parse(total.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    /// <summary>Returns whether the process was started as <c>dotnet program.dll</c>.</summary>
    private static bool IsHost(string path) => Path.GetFileNameWithoutExtension(path) == "dotnet";

    [GeneratedRegex(@"I\s+refs:\s+([\d,]+)")]
    private static partial Regex Total();
}
