using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Counts the existing middlewares of <c>UseQueuedAdmission</c> in one application.</summary>
/// <remarks>
/// Middleware is never disposed. A middleware of a replaced pipeline or of a former tenant is counted until it is
/// garbage-collected.
/// </remarks>
internal sealed class LivingPipelines
{
    private readonly ConditionalWeakTable<object, Life> _living = [];
    private int _count;

    /// <summary>
    /// Whether there is more than one middleware. If so, a request may pass a second one inside the first one.
    /// </summary>
    public bool AreSeveral => Volatile.Read(ref _count) > 1;

    public void Add(object middleware) => _living.Add(middleware, new Life(this));

    /// <summary>
    /// An object that lives as long as the middleware that is its key in the table. Its finalizer reduces the count.
    /// </summary>
    private sealed class Life
    {
        private readonly LivingPipelines _pipelines;

        public Life(LivingPipelines pipelines)
        {
            _pipelines = pipelines;
            Interlocked.Increment(ref pipelines._count);
        }

        ~Life() => Interlocked.Decrement(ref _pipelines._count);
    }
}
