namespace QueueAdmission.Packaging;

/// <summary>The linker for Native AOT, which is not part of the .NET SDK.</summary>
internal static class NativeToolchain
{
    public static void SkipIfMissing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Native AOT is tested on Linux only.");
        Assert.SkipUnless(IsOnPath("clang") || IsOnPath("gcc"), "Native AOT needs clang or gcc.");
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
