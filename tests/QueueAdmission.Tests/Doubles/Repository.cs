using System.Reflection;

namespace QueueAdmission.Doubles;

/// <summary>The files this test was built beside.</summary>
internal static class Repository
{
    private static readonly string Root = Path.GetFullPath(typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    public static string PathOf(string file) => Path.Combine(Root, file);

    public static string Shorten(string path) => Path.GetRelativePath(Root, path);
}
