using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QueueAdmission.Docs.Pages;

namespace QueueAdmission.Docs.Snippets;

/// <summary>A piece of C# on a page, which users may copy.</summary>
/// <remarks>
/// <para>A <i>program</i> creates a host. It is compiled unchanged, with the usings of the project templates, and can
/// be started.</para>
/// <para>Any other snippet is a <i>fragment</i>: statements and types, in any order. Names that a page does not
/// declare, such as <c>app</c> and <c>builder</c>, are in <see cref="World"/> and <see cref="WorldFunctions"/>.</para>
/// <para>The comment <c>&lt;!-- snippet: members --&gt;</c> before a block marks methods and properties that are shown
/// without their type.</para>
/// </remarks>
internal sealed record Snippet(Block Block)
{
    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);

    public static IReadOnlyList<Snippet> All { get; } =
    [
        .. Page.All.SelectMany(page => page.Blocks())
            .Where(block => block.IsCode)
            .Select(block => new Snippet(block)),
    ];

    public bool IsProgram =>
        Block.Text.Contains("WebApplication.Create", StringComparison.Ordinal)
        || Block.Text.Contains("Host.CreateApplicationBuilder", StringComparison.Ordinal);

    /// <summary>
    /// The configuration of a program: the next JSON block of the page. Null if there is none, or if another program
    /// precedes it.
    /// </summary>
    public string? Settings
    {
        get
        {
            var following = Block.Page.Blocks().Where(block => block.Line > Block.Line)
                .TakeWhile(block => !block.IsCode || !new Snippet(block).IsProgram);
            return following.FirstOrDefault(block => block.IsJson)?.Text;
        }
    }

    public SyntaxTree Parse()
    {
        var text = Block.Marker == "members" ? $"abstract class Members {{\n{Block.Text}\n}}" : Block.Text;
        var root = CSharpSyntaxTree.ParseText(text, Language).GetCompilationUnitRoot();
        // In a file, statements must precede types. On a page they do not always.
        var ordered = root.Members.OfType<GlobalStatementSyntax>()
            .Concat<MemberDeclarationSyntax>(root.Members.Where(member => member is not GlobalStatementSyntax));
        return SyntaxFactory.SyntaxTree(root.WithMembers(SyntaxFactory.List(ordered)), Language);
    }

    public override string ToString() => Block.ToString();
}
