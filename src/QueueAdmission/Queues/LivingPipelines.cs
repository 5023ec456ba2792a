using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Counts the pipelines of one application that have <c>UseQueuedAdmission</c>, while they exist.</summary>
/// <remarks>
/// Middleware is never disposed. A pipeline that was replaced, or that of a tenant, is gone when it is collected.
/// </remarks>
internal sealed class LivingPipelines
{
    private readonly ConditionalWeakTable<object, Life> _living = [];
    private int _count;

    /// <summary>
    /// Whether there is more than one, so that a request may pass <c>UseQueuedAdmission</c> within itself.
    /// </summary>
    public bool AreSeveral => Volatile.Read(ref _count) > 1;

    public void Add(object middleware) => _living.Add(middleware, new Life(this));

    /// <summary>Lives as long as the middleware that is its key in the table.</summary>
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
