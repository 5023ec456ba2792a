namespace QueueAdmission;

/// <summary>
/// The events of one queue in each of the last seconds. They are computed as differences between the counts of the
/// queue. Recording therefore costs a job nothing.
/// </summary>
/// <remarks>
/// A second in which nothing happened has no entry, and an idle queue writes nothing. The ring buffer is allocated at
/// the first event. It takes about 24 KB for each queue that is used.
/// </remarks>
internal sealed class QueueHistory
{
    /// <summary>How many seconds are kept.</summary>
    public const int Seconds = 300;

    private static readonly RejectionReason[] Reasons = Enum.GetValues<RejectionReason>();

    private readonly Lock _lock = new();
    private readonly long[] _rejected = new long[Reasons.Length];
    private Entry[] _entries = [];
    private QueueFigures _last;

    /// <summary>Adds what has happened since the last call.</summary>
    /// <param name="queue">The queue of this history.</param>
    /// <param name="second">The second that ends, as Unix time.</param>
    public void Add(JobQueue queue, long second)
    {
        lock (_lock)
        {
            var now = queue.ReadFigures();
            var last = _last;
            if (IsIdle(now, last))
            {
                return;
            }
            if (_entries.Length == 0)
            {
                _entries = new Entry[Seconds];
            }
            ref var entry = ref _entries[second % Seconds];
            // Two samples may fall into the same second.
            if (entry.Second != second || entry.Rejected is null)
            {
                var rejected = entry.Rejected ?? new int[Reasons.Length];
                Array.Clear(rejected);
                entry = new Entry { Second = second, Rejected = rejected };
            }
            entry.Arrived += (int)(Arrived(now) - Arrived(last));
            entry.Ran += (int)(now.Ran - last.Ran);
            entry.Abandoned += (int)(now.Abandoned - last.Abandoned);
            (entry.Running, entry.Waiting) = (now.Running, now.Waiting);
            entry.LongestWait = now.LongestWait;
            if (now.Rejected != last.Rejected)
            {
                AddRejected(queue, entry.Rejected);
            }
            _last = now;
        }
    }

    /// <summary>Returns the last seconds, oldest first, or null if nothing happened in them.</summary>
    /// <param name="name">The name of the queue.</param>
    /// <param name="now">This second, as Unix time.</param>
    public QueueHistoryReport? Describe(string name, long now)
    {
        lock (_lock)
        {
            var kept = _entries
                .Where(entry => entry.Rejected is not null && entry.Second > now - Seconds && entry.Second <= now)
                .OrderBy(entry => entry.Second)
                .ToList();
            return kept.Count == 0 ? null : new QueueHistoryReport
            {
                Queue = name,
                Seconds = [.. kept.Select(entry => entry.Second)],
                Arrived = [.. kept.Select(entry => entry.Arrived)],
                Ran = [.. kept.Select(entry => entry.Ran)],
                Abandoned = [.. kept.Select(entry => entry.Abandoned)],
                Rejected = Reasons.Index()
                    .Where(reason => kept.Any(entry => entry.Rejected[reason.Index] > 0))
                    .ToDictionary(
                        reason => reason.Item.ToWireName(),
                        reason => (IReadOnlyList<int>)[.. kept.Select(entry => entry.Rejected[reason.Index])]),
                Running = [.. kept.Select(entry => entry.Running)],
                Waiting = [.. kept.Select(entry => entry.Waiting)],
                LongestWaitSeconds = [.. kept.Select(entry => Math.Round(entry.LongestWait.TotalSeconds, 1))],
            };
        }
    }

    private void AddRejected(JobQueue queue, int[] rejected)
    {
        for (var i = 0; i < Reasons.Length; i++)
        {
            var count = queue.CountRejected(Reasons[i]);
            rejected[i] += (int)(count - _rejected[i]);
            _rejected[i] = count;
        }
    }

    /// <summary>
    /// Whether nothing has happened since the last sample. The end of the last job is still an event. The idle time
    /// after it is none.
    /// </summary>
    private static bool IsIdle(in QueueFigures now, in QueueFigures last) =>
        now.Running == 0 && now.Waiting == 0 && last.Running == 0 && last.Waiting == 0
        && now.Ran == last.Ran && now.Rejected == last.Rejected && now.Abandoned == last.Abandoned;

    private static long Arrived(in QueueFigures figures) =>
        figures.Running + figures.Waiting + figures.Ran + figures.Rejected + figures.Abandoned;

    private struct Entry
    {
        public long Second;
        public int Arrived;
        public int Ran;
        public int Abandoned;
        public int Running;
        public int Waiting;
        public TimeSpan LongestWait;

        /// <summary>
        /// The number of refused jobs, by the index of the reason. Null in an entry that was never used.
        /// </summary>
        public int[] Rejected;
    }
}
