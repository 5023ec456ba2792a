namespace QueueAdmission.Stores.Servers;

/// <summary>Finds the programs that tests start.</summary>
internal static class Programs
{
    private static readonly string[] Folders =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
        "/usr/sbin",
        "/usr/local/bin",
    ];

    /// <summary>Finds a program. If it is missing, skips the test with a hint how to install it.</summary>
    /// <returns>The path of the program.</returns>
    public static string Need(string program, string package)
    {
        var path = Find(program);
        Assert.SkipWhen(path is null, $"{program} is not installed: apt-get install -y {package}");
        return path;
    }

    public static string? Find(string program) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
