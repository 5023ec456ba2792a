namespace QueueAdmission.Docs.Pages;

/// <summary>What stands between two fences.</summary>
/// <param name="Page">The page.</param>
/// <param name="Line">The line of the opening fence, from 1.</param>
/// <param name="Language">The word behind the opening fence; empty if there is none.</param>
/// <param name="Marker">What the comment before the fence says, as in <c>&lt;!-- snippet: members --&gt;</c>.</param>
/// <param name="Text">The lines between the fences.</param>
internal sealed record Block(Page Page, int Line, string Language, string Marker, string Text)
{
    public bool IsCode => Language == "csharp";

    public bool IsJson => Language is "json" or "jsonc";

    public override string ToString() => $"{Page.Name}:{Line}";
}
