using System.Reflection;

namespace QueueAdmission.Docs.Pages;

/// <summary>The files of the repository in which this test was built.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    public static string PathOf(string file) => Path.Combine(Root, file);
}
