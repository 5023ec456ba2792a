using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>A question about whole pipelines: the peers, built around the same handler with the same limits.</summary>
public abstract class PipelineQuestion
{
    protected const int Operations = 1_000;

    protected Caller Bare { get; private set; } = null!;

    /// <summary>
    /// The floor: for endpoints under the limit reading the endpoint, a feature and two atomics; for others reading the
    /// endpoint.
    /// </summary>
    protected Caller Floor { get; private set; } = null!;

    protected Caller Ours { get; private set; } = null!;

    /// <summary>The same, with a listener on all of its metrics.</summary>
    protected Caller Listened { get; private set; } = null!;

    protected Caller RateLimiterPolicy { get; private set; } = null!;

    /// <summary>The headers and body of a rejection, without a decision.</summary>
    protected Caller AnswerOnly { get; private set; } = null!;

    protected Caller GlobalLimiter { get; private set; } = null!;

    protected Caller HandWritten { get; private set; } = null!;

    protected virtual Limits Limits { get; } = new(Workers: 16, Partitions: 1, PartitionCapacity: 100);

    /// <summary>Whether the endpoint is under the peer's limit.</summary>
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
