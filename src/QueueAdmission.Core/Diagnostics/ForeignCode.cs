namespace QueueAdmission;

/// <summary>Runs code of others whose failure must have no effect, such as listeners and callbacks.</summary>
/// <remarks>
/// On the thread of a request or a job, an exception of a listener would replace the job's outcome. On a thread of the
/// pool or of a timer it would end the process. The exception is dropped, because the code that could report it may be
/// the code that failed.
/// </remarks>
internal static class ForeignCode
{
    /// <param name="state">What the code works on. A tuple and a static lambda need no allocation.</param>
    /// <param name="code">The code. An exception that it throws goes no further.</param>
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
