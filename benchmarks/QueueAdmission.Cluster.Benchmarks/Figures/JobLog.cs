using System.IO.MemoryMappedFiles;

namespace QueueAdmission.Cluster.Benchmarks.Figures;

/// <summary>Records the jobs of one node in a memory-mapped file, whose entries survive <c>kill -9</c>.</summary>
/// <remarks>
/// The work of a job begins after its admission and ends before its worker is released. The number of jobs that count
/// as running is therefore never higher than the number that the product let run.
/// </remarks>
internal sealed class JobLog : IDisposable
{
    private const int MaxJobs = 200_000;
    private const int Size = 3 * sizeof(long);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private int _count;

    private JobLog(string path, FileMode mode)
    {
        _file = MemoryMappedFile.CreateFromFile(path, mode, mapName: null, (long)MaxJobs * Size);
        _view = _file.CreateViewAccessor();
    }

    public static JobLog Open(string path) => new(path, FileMode.OpenOrCreate);

    /// <summary>Adds a job that is due. The job counts as waiting from then on.</summary>
    public int Add(TimeSpan arrival)
    {
        var job = Interlocked.Increment(ref _count) - 1;
        if (job >= MaxJobs)
            throw new InvalidOperationException("The log is too short for this load.");
        _view.Write((long)job * Size, arrival.Ticks);
        return job;
    }

    public void Start(int job) => _view.Write(((long)job * Size) + sizeof(long), Clock.Now.Ticks);

    public void End(int job) => _view.Write(((long)job * Size) + (2 * sizeof(long)), Clock.Now.Ticks);

    /// <param name="node">The number of the node.</param>
    /// <param name="killed">
    /// The time at which the process was killed, or null. Its running jobs ended at that time.
    /// </param>
    public IEnumerable<Job> Read(int node, TimeSpan? killed)
    {
        for (var job = 0; job < MaxJobs; job++)
        {
            var at = (long)job * Size;
            var arrival = _view.ReadInt64(at);
            if (arrival == 0)
                yield break;
            var (start, end) = (Moment(at + sizeof(long)), Moment(at + (2 * sizeof(long))));
            yield return new Job(
                node, new TimeSpan(arrival), start, killed is { } moment && end > moment ? moment : end);
        }
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private TimeSpan Moment(long at) =>
        _view.ReadInt64(at) is > 0 and var ticks ? new TimeSpan(ticks) : TimeSpan.MaxValue;
}
