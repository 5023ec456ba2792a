using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QueueAdmission.Docs.Snippets;

/// <summary>Compiles a snippet against the libraries that this test was built with.</summary>
internal static class SnippetCompiler
{
    // The usings of the ASP.NET Core templates: <ImplicitUsings> of Microsoft.NET.Sdk.Web.
    private static readonly string[] OfTheTemplate = [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Net.Http.Json",
        "System.Threading", "System.Threading.Tasks", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration",
        "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    // The further usings that a page omits when it shows a fragment.
    private static readonly string[] OfFragments = [
        "QueueAdmission", "QueueAdmission.Deferred", "QueueAdmission.Testing", "System.Diagnostics",
        "Microsoft.AspNetCore.Http.Connections",
        "Microsoft.AspNetCore.Http.Features", "Microsoft.AspNetCore.Mvc", "Microsoft.AspNetCore.RateLimiting",
        "Microsoft.AspNetCore.TestHost", "Microsoft.EntityFrameworkCore", "Microsoft.Extensions.Time.Testing",
        "OpenTelemetry.Metrics", "OpenTelemetry.Trace", "System.Net", "System.Text.Json",
        "Microsoft.AspNetCore.Mvc.Testing", "Xunit",
    ];

    private static readonly Lazy<IReadOnlyList<MetadataReference>> Libraries = new(() => [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.Length > 0)
            .Select(path => MetadataReference.CreateFromFile(path))]);

    private static readonly ConcurrentDictionary<string, Assembly> Compiled = new();

    // MVC looks for controllers in the assembly that has the application's name.
    static SnippetCompiler() => AppDomain.CurrentDomain.AssemblyResolve +=
        (_, wanted) => Compiled.GetValueOrDefault(new AssemblyName(wanted.Name).Name!);

    public static Assembly Compile(Snippet snippet) => Compiled.GetOrAdd(NameOf(snippet), _ => CompileAnew(snippet));

    private static Assembly CompileAnew(Snippet snippet)
    {
        using var image = new MemoryStream();
        var result = Prepare(snippet).Emit(image);
        var errors = result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error);
        Assert.True(result.Success, $"{snippet}:\n{string.Join('\n', errors)}");
        return Assembly.Load(image.ToArray());
    }

    private static CSharpCompilation Prepare(Snippet snippet)
    {
        var code = snippet.Parse();
        var isExecutable = code.GetCompilationUnitRoot().Members.Any(member => member is GlobalStatementSyntax);
        var namespaces = snippet.IsProgram ? OfTheTemplate : [.. OfTheTemplate, .. OfFragments];
        var usings = string.Concat(namespaces.Select(name => $"global using {name};\n"));
        if (!snippet.IsProgram)
        {
            usings += $"global using {typeof(World).Namespace};\n"
                + $"global using static {typeof(World).FullName};\n"
                + $"global using static {typeof(WorldFunctions).FullName};\n";
        }
        var options = new CSharpCompilationOptions(
            isExecutable ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable);
        return CSharpCompilation.Create(
            NameOf(snippet), [CSharpSyntaxTree.ParseText(usings), code], Libraries.Value, options);
    }

    // The name contains the page and the line, so that a stack trace leads to the snippet.
    private static string NameOf(Snippet snippet) =>
        $"{snippet.Block.Page.Name.Replace('/', '-')}-{snippet.Block.Line}";
}
