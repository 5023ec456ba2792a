namespace QueueAdmission.Docs.Pages;

/// <summary>A fenced code block of a page.</summary>
/// <param name="Page">The page.</param>
/// <param name="Line">The line number of the opening fence, from 1.</param>
/// <param name="Language">The word after the opening fence. Empty if there is none.</param>
/// <param name="Marker">
/// The marker in the comment before the block, for example <c>members</c> in <c>&lt;!-- snippet: members --&gt;</c>.
/// Empty if there is none.
/// </param>
/// <param name="Text">The lines between the fences.</param>
internal sealed record Block(Page Page, int Line, string Language, string Marker, string Text)
{
    public bool IsCode => Language == "csharp";

    public bool IsJson => Language is "json" or "jsonc";

    public override string ToString() => $"{Page.Name}:{Line}";
}
