using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Counts the pipelines of one application that have <c>UseQueuedAdmission</c>, as long as they live.</summary>
/// <remarks>Middleware is never disposed. A pipeline that was built anew, or a tenant's, is gone when it is collected.</remarks>
internal sealed class Entrances
{
    private readonly ConditionalWeakTable<object, Entrance> _living = [];
    private int _count;

    public bool AreSeveral => Volatile.Read(ref _count) > 1;

    public void Add(object middleware) => _living.Add(middleware, new Entrance(this));

    /// <summary>Dies with the middleware that the table keeps it for.</summary>
    private sealed class Entrance
    {
        private readonly Entrances _entrances;

        public Entrance(Entrances entrances)
        {
            _entrances = entrances;
            Interlocked.Increment(ref entrances._count);
        }

        ~Entrance() => Interlocked.Decrement(ref _entrances._count);
    }
}
