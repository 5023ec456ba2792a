namespace QueueAdmission;

/// <summary>The answers that every queue gives unless the application replaces them.</summary>
internal static class BuiltInWriters
{
    private static readonly IRejectionWriter[] All = [new GrpcWriter(), new PageWriter(), new ProblemWriter()];

    /// <summary>Writes the built-in answer. It allocates nothing unless the client is slow.</summary>
    public static Task WriteAsync(RejectionContext context)
    {
        foreach (var writer in All)
        {
            if (writer.CanWrite(context))
            {
                return writer.WriteAsync(context).AsTask();
            }
        }
        return Task.CompletedTask;
    }

    private sealed class GrpcWriter : IRejectionWriter
    {
        public bool CanWrite(RejectionContext context) => context.Format == RejectionFormat.Grpc;

        public ValueTask WriteAsync(RejectionContext context)
        {
            context.Prepared.Grpc.Write(context.HttpContext);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class PageWriter : IRejectionWriter
    {
        public bool CanWrite(RejectionContext context) => context.Format == RejectionFormat.Page;

        public ValueTask WriteAsync(RejectionContext context) =>
            new(context.Prepared.Page.WriteAsync(context.HttpContext));
    }

    private sealed class ProblemWriter : IRejectionWriter
    {
        public bool CanWrite(RejectionContext context) => true;

        public ValueTask WriteAsync(RejectionContext context) => new(
            context.Queue.Rejections.MayUseProblemDetailsService(context.HttpContext)
                ? ProblemDetailsServiceBody.WriteAsync(context)
                : context.Prepared.Problem.WriteAsync(context.HttpContext));
    }
}
