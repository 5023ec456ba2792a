using System.Threading.Channels;

namespace QueueAdmission.Benchmarks;

/// <summary>
/// The algorithm of easyqueue, written from its description. A push goes to the next partition in round-robin order. If
/// that partition is full, the push overflows even if other partitions have room. Each worker polls the partitions in
/// the same order, and waits up to 1 ms at each for a job.
/// </summary>
public sealed class EasyQueueAlgorithm : IDisposable
{
    private const int PollMilliseconds = 1;

    private readonly Partition[] _partitions;
    private readonly CancellationTokenSource _stopping = new();
    private uint _pushes;
    private uint _pops;

    public EasyQueueAlgorithm(int partitions, int capacity, int workers)
    {
        _partitions = new Partition[partitions];
        for (var i = 0; i < partitions; i++)
            _partitions[i] = new Partition(capacity);
        for (var i = 0; i < workers; i++)
            _ = Task.Run(WorkAsync);
    }

    /// <summary>Returns a task that completes when the job has ended, or null if the partition is full.</summary>
    public Task? Push(Func<Task> job)
    {
        var pushed = new PushedJob(job);
        return _partitions[Interlocked.Increment(ref _pushes) % _partitions.Length].TryPush(pushed)
            ? pushed.Done : null;
    }

    public void Dispose() => _stopping.Cancel();

    private async Task WorkAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var partition = _partitions[Interlocked.Increment(ref _pops) % _partitions.Length];
            if (await partition.PopAsync().ConfigureAwait(false) is { } job)
                await job.RunAsync().ConfigureAwait(false);
        }
    }

    private sealed class Partition(int capacity)
    {
        private readonly Channel<PushedJob> _jobs = Channel.CreateBounded<PushedJob>(capacity);
        private readonly SemaphoreSlim _pushed = new(0);

        public bool TryPush(PushedJob job)
        {
            if (!_jobs.Writer.TryWrite(job))
                return false;
            _pushed.Release();
            return true;
        }

        public async ValueTask<PushedJob?> PopAsync() =>
            await _pushed.WaitAsync(PollMilliseconds).ConfigureAwait(false) && _jobs.Reader.TryRead(out var job)
                ? job : null;
    }
}
