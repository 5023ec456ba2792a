using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>A question about whole pipelines. All peers have the same handler and the same limits.</summary>
public abstract class PipelineQuestion
{
    protected const int Operations = 1_000;

    protected Caller Bare { get; private set; } = null!;

    /// <summary>
    /// The least that any middleware must do. If the endpoint is under the limit: read the endpoint, set a feature, and
    /// do two atomic operations. Otherwise: read the endpoint.
    /// </summary>
    protected Caller Floor { get; private set; } = null!;

    protected Caller Ours { get; private set; } = null!;

    /// <summary>The same as <see cref="Ours"/>, with a listener on all of its metrics.</summary>
    protected Caller Listened { get; private set; } = null!;

    protected Caller RateLimiterPolicy { get; private set; } = null!;

    /// <summary>The headers and the body of a rejection, without a decision.</summary>
    protected Caller AnswerOnly { get; private set; } = null!;

    protected Caller GlobalLimiter { get; private set; } = null!;

    protected Caller HandWritten { get; private set; } = null!;

    protected virtual Limits Limits { get; } = new(Workers: 16, Partitions: 1, PartitionCapacity: 100);

    /// <summary>Whether the endpoint is under the limit of the peer.</summary>
    protected virtual bool Queued => true;

    [GlobalSetup]
    public virtual void Build()
    {
        Bare = NewCaller(new NoPeer());
        Floor = NewCaller(Queued ? new FloorPeer(Limits) : new EndpointReaderPeer());
        Ours = NewCaller(new QueueAdmissionPeer(Limits));
        Listened = NewCaller(new ListenedQueueAdmissionPeer(Limits));
        RateLimiterPolicy = NewCaller(new RateLimiterPeer(Limits));
        AnswerOnly = NewCaller(new RefusalFloorPeer());
        GlobalLimiter = NewCaller(new PartitionedRateLimiterPeer(Limits));
        HandWritten = NewCaller(new SemaphorePeer(Limits));
    }

    protected abstract Task HandleAsync();

    private Caller NewCaller(Peer peer) => new(Pipeline.Build(_ => HandleAsync(), peer, Queued));
}
