namespace QueueAdmission;

/// <summary>Runs foreign code, such as listeners and callbacks, whose failure must have no effect.</summary>
/// <remarks>
/// In the flow of a request or a job, an exception of a listener would replace the outcome of the job. On a thread-pool
/// or timer thread, it would terminate the process. The exception is dropped, because the code that would report it may
/// be the code that failed.
/// </remarks>
internal static class ForeignCode
{
    /// <param name="state">
    /// The argument for the code. With a tuple and a static lambda, the call allocates nothing.
    /// </param>
    /// <param name="code">The code. Its exceptions are dropped.</param>
    public static void Run<TState>(TState state, Action<TState> code)
    {
        try
        {
            code(state);
        }
#pragma warning disable CA1031 // What foreign code throws is not known, and none of it may have an effect.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
