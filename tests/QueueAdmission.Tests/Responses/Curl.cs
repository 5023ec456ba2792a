using System.Diagnostics;

namespace QueueAdmission.Responses;

/// <summary>Runs the curl that is installed on this machine.</summary>
internal static class Curl
{
    /// <summary>
    /// Posts a body of the given length. Returns the status that curl received, or 000 for none, and the body of the
    /// answer.
    /// </summary>
    public static async Task<(string Status, string Body)> PostAsync(Uri address, long length, params string[] options)
    {
        Assert.SkipUnless(IsInstalled, "curl is not installed.");
        // A sparse file has a length, but takes no space and is read as zeros.
        var upload = Path.GetTempFileName();
        try
        {
            await using (var file = File.OpenWrite(upload))
                file.SetLength(length);
            var start = new ProcessStartInfo("curl") { RedirectStandardOutput = true };
            string[] arguments =
            [
                "--silent", "--max-time", "60", "--request", "POST", "--upload-file", upload,
                "--write-out", "\n%{http_code}", .. options, address.ToString(),
            ];
            foreach (var argument in arguments)
                start.ArgumentList.Add(argument);
            using var curl = Process.Start(start)!;
            var output = await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
            var end = output.LastIndexOf('\n');
            return (output[(end + 1)..], output[..end]);
        }
        finally
        {
            File.Delete(upload);
        }
    }

    private static bool IsInstalled { get; } = Environment.GetEnvironmentVariable("PATH")!
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "curl.exe" : "curl")));
}
