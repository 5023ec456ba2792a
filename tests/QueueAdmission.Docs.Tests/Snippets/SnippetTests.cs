namespace QueueAdmission.Docs.Snippets;

public sealed class SnippetTests
{
    public static TheoryData<string> Snippets => [.. Snippet.All.Select(snippet => snippet.ToString())];

    public static TheoryData<string> Programs =>
        [.. Snippet.All.Where(snippet => snippet.IsProgram).Select(snippet => snippet.ToString())];

    [Theory]
    [MemberData(nameof(Snippets))]
    public void Snippet_OfAPage_Compiles(string where) => Assert.NotNull(SnippetCompiler.Compile(Find(where)));

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Program_WithTheSettingsOfItsPage_Starts(string where)
    {
        await using var run = await ProgramRun.StartAsync(Find(where));

        Assert.NotNull(run.Host);
    }

    private static Snippet Find(string where) => Snippet.All.Single(snippet => snippet.ToString() == where);
}
