using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Awaits a handler that is still at work and then gives its worker back.</summary>
/// <remarks>
/// What an <c>async</c> method would do, written by hand: the compiler's state machine would hold the handler's task twice, as parameter and as
/// awaiter, and a state that here is always the same. That makes 112 bytes a request instead of 128.
/// </remarks>
internal struct ReleaseAfterHandling : IAsyncStateMachine
{
    private AsyncTaskMethodBuilder _builder;
    private TaskAwaiter _handling;
    private HttpContext _context;
    private AdmissionQueue _queue;
    private int _revision;

    public static Task Await(Task handling, HttpContext context, AdmissionQueue queue, int revision)
    {
        var release = new ReleaseAfterHandling
        {
            _builder = AsyncTaskMethodBuilder.Create(),
            _handling = handling.GetAwaiter(),
            _context = context,
            _queue = queue,
            _revision = revision,
        };
        release._builder.AwaitUnsafeOnCompleted(ref release._handling, ref release);
        return release._builder.Task;
    }

    void IAsyncStateMachine.MoveNext()
    {
        try
        {
            EndOfHandling.ReleaseUnlessDone(_context, _queue, _revision);
            _handling.GetResult();
        }
#pragma warning disable CA1031 // As in every async method, what the handler throws goes into the task, unchanged.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _builder.SetException(exception);
            return;
        }
        _builder.SetResult();
    }

    readonly void IAsyncStateMachine.SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Only called for state machines that were boxed by earlier frameworks.
    }
}
