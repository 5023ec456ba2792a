using System.Reflection;

namespace QueueAdmission.Doubles;

/// <summary>The files of the repository in which this test was built.</summary>
internal static class Repository
{
    private static readonly string Root = Path.GetFullPath(typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(
            attribute => attribute.Key == "RepositoryRoot").Value!);

    public static string PathOf(string file) => Path.Combine(Root, file);

    public static string Shorten(string path) => Path.GetRelativePath(Root, path);
}
