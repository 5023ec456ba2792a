namespace QueueAdmission;

/// <summary>Writes the answers that every queue gives unless the application replaces them.</summary>
internal static class BuiltInWriters
{
    public static Task WriteAsync(in RejectionContext context) => context.Format switch
    {
        RejectionFormat.Grpc => WriteGrpc(context),
        RejectionFormat.Page => context.Prepared.PageIn(RejectionTexts.Of(context.HttpContext))
            .WriteAsync(context.HttpContext, context.Handling.PageStyle),
        _ => context.Queue.Rejections.MayUseProblemDetailsService(context.HttpContext)
            ? ProblemDetailsServiceBody.WriteAsync(context)
            : context.Prepared.Problem.WriteAsync(context.HttpContext.Response, context.IsHead),
    };

    private static Task WriteGrpc(in RejectionContext context)
    {
        context.Prepared.Grpc.Write(context.HttpContext);
        return Task.CompletedTask;
    }
}
