using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit.Sdk;

namespace QueueAdmission.Mutants;

/// <summary>
/// The library with one rule broken in its source. The mutant is compiled in memory, and the tests run against it in a
/// separate load context. The library therefore needs no switches for tests.
/// </summary>
internal sealed partial class Mutant : IDisposable
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly Assembly Original = typeof(JobQueue).Assembly;
    private static readonly string Attributes = $"""
        [assembly: System.Reflection.AssemblyVersion("{Original.GetName().Version}")]
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("QueueAdmission.Core.Tests")]
        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);
    private static readonly string Root = FindRoot();

    private static readonly Lazy<IReadOnlyDictionary<string, SyntaxTree>> Sources = new(() => Directory
        .EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
        .Select(path => (Name: Path.GetRelativePath(Root, path).Replace('\\', '/'), Path: path))
        .Where(file => !file.Name.StartsWith("obj/", StringComparison.Ordinal)
            && !file.Name.StartsWith("bin/", StringComparison.Ordinal))
        .ToDictionary(file => file.Name, file => Parse(WithoutGenerators(File.ReadAllText(file.Path)))));

    private static readonly Lazy<IReadOnlyList<MetadataReference>> Libraries = new(() => [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.Length > 0 && path != Original.Location)
            .Select(path => MetadataReference.CreateFromFile(path))]);

    // A mutant differs in one file. It shares what the compiler knows about the other files.
    private static readonly Lazy<CSharpCompilation> Unbroken = new(() => CSharpCompilation.Create(
        Original.GetName().Name,
        [Parse(Usings), Parse(Attributes), .. Sources.Value.Values],
        Libraries.Value,
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: OptimizationLevel.Release,
            nullableContextOptions: NullableContextOptions.Enable)));

    private readonly Context _context;

    /// <param name="file">The path of the source, relative to the source folder of the library.</param>
    /// <param name="rule">A text that occurs exactly once in the source.</param>
    /// <param name="broken">The replacement for the text.</param>
    public Mutant(string file, string rule, string broken)
    {
        var source = Sources.Value[file].ToString();
        Assert.True(source.Split(rule).Length == 2, $"The text is not once in {file}: {rule}");
        var changed = Parse(source.Replace(rule, broken, StringComparison.Ordinal));
        _context = new Context(Compile(Unbroken.Value.ReplaceSyntaxTree(Sources.Value[file], changed)));
    }

    /// <summary>Checks that a test finds a broken rule.</summary>
    /// <param name="file">The path of the source, relative to the source folder of the library.</param>
    /// <param name="rule">A text that occurs exactly once in the source.</param>
    /// <param name="broken">The replacement for the text.</param>
    /// <param name="test">A test class in this assembly.</param>
    /// <param name="method">The name of the test method.</param>
    /// <param name="arguments">The arguments of the test method.</param>
    public static async Task AssertFoundAsync(
        string file, string rule, string broken, Type test, string method, params object[] arguments)
    {
        Effort.SkipUnlessFull();
        using var mutant = new Mutant(file, rule, broken);

        // The test must fail by an assertion. A mutant that cannot run at all does not count.
        Assert.IsType<XunitException>(await mutant.RunAsync(test, method, arguments), exactMatch: false);
    }

    /// <summary>
    /// Checks that a test passes against a library that was compiled without a change in its behavior.
    /// </summary>
    public static async Task AssertInnocentAsync(
        string file, string anyText, Type test, string method, params object[] arguments)
    {
        Effort.SkipUnlessFull();
        using var same = new Mutant(file, anyText, anyText + " ");

        Assert.Null(await same.RunAsync(test, method, arguments));
    }

    /// <summary>Runs a test against the mutant.</summary>
    /// <param name="test">A test class in this assembly.</param>
    /// <param name="method">The name of the test method.</param>
    /// <param name="arguments">The arguments of the test method.</param>
    /// <returns>The exception of the failed test, or null if the test passed.</returns>
    public async Task<Exception?> RunAsync(Type test, string method, params object[] arguments)
    {
        var mutated = _context.Tests.GetType(test.FullName!, throwOnError: true)!;
        var instance = Activator.CreateInstance(mutated);
        try
        {
            if (mutated.GetMethod(method)!.Invoke(instance, arguments) is Task task)
                await task;
            return null;
        }
        catch (TargetInvocationException failure)
        {
            return failure.InnerException;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    public void Dispose() => _context.Unload();

    private static MemoryStream Compile(CSharpCompilation compilation)
    {
        var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(
            result.Success,
            string.Join('\n', result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        return image;
    }

    /// <summary>
    /// Replaces code that needs source generators, which do not run here. Regular expressions are created at each use,
    /// and logging methods do nothing.
    /// </summary>
    private static string WithoutGenerators(string source) =>
        LogLine().Replace(GeneratedPattern().Replace(source, "$2$3 => new($1);"), "$1$2 { }");

    [GeneratedRegex(@"\[GeneratedRegex\((.*)\)\]\s+(private static )partial (Regex \w+\(\));")]
    private static partial Regex GeneratedPattern();

    [GeneratedRegex(@"\[LoggerMessage\([^\]]*\)\]\s+(private static )partial (void \w+\([^;]*\));")]
    private static partial Regex LogLine();

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(SourceText.From(text), Language);

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var library = Path.Combine(folder, "src", "QueueAdmission.Core");
            if (Directory.Exists(library))
                return library;
        }
        throw new DirectoryNotFoundException("The source of the library is not above the tests.");
    }

    /// <summary>Contains the mutant and the tests. All other assemblies are shared with the process.</summary>
    private sealed class Context : AssemblyLoadContext
    {
        private readonly Assembly _library;

        public Context(MemoryStream library)
            : base("mutant", isCollectible: true)
        {
            _library = LoadFromStream(library);
            Tests = LoadFromAssemblyPath(typeof(Mutant).Assembly.Location);
        }

        public Assembly Tests { get; }

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == _library.GetName().Name ? _library : null;
    }
}
