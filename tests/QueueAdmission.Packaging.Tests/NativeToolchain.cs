namespace QueueAdmission.Packaging;

/// <summary>The linker that Native AOT needs and the .NET SDK does not bring.</summary>
internal static class NativeToolchain
{
    public static void SkipIfMissing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Native AOT is tried on Linux only.");
        Assert.SkipUnless(IsOnPath("clang") || IsOnPath("gcc"), "Native AOT needs clang or gcc.");
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
