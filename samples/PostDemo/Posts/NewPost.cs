namespace PostDemo;

/// <summary>The body of a caller's request.</summary>
/// <param name="Text">The text, 1 to 500 characters.</param>
internal sealed record NewPost(string? Text)
{
    private const int MaxLength = 500;

    /// <summary>
    /// Refuses a post that cannot be published. The filter runs before the post is accepted, so the caller gets the
    /// error at once and nothing is stored.
    /// </summary>
    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.GetArgument<NewPost>(0).Text is { Length: <= MaxLength } text && !string.IsNullOrWhiteSpace(text)
            ? next(context)
            : ValueTask.FromResult<object?>(Results.ValidationProblem(new Dictionary<string, string[]>
            {
                ["text"] = [$"A post must have 1 to {MaxLength} characters."],
            }));
}

/// <summary>A post in the target table.</summary>
/// <param name="Id">The id of the job that has written it.</param>
/// <param name="Text">The text.</param>
internal sealed record Post(string Id, string Text);
