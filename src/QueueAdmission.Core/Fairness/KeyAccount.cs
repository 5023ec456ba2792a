using System.Runtime.InteropServices;

namespace QueueAdmission;

/// <summary>
/// The account of one key in a queue that limits the workers of each key. It has the workers that its jobs hold, and
/// the waiters that were passed over because of the limit.
/// </summary>
internal sealed class KeyAccount(IWaiterOwner owner, string key)
{
    private readonly Line?[] _parked = new Line?[PriorityClass.Number];
    private readonly string _key = key;
    private int _jobs;

    /// <summary>The workers of its running jobs.</summary>
    public int Workers { get; set; }

    public Line? ParkedIn(int priorityClass) => _parked[priorityClass];

    /// <summary>Sets a waiter aside until its key may have more workers. It keeps its place and its age.</summary>
    public void Park(Waiter waiter) =>
        (_parked[PriorityClass.IndexOf(waiter.Job!)] ??= new Line(owner)).InsertByAge(waiter);

    /// <summary>
    /// Whether a waiter of this key that was set aside comes before the job. It is of the job's class or a higher one,
    /// and has an earlier turn. Or it is older and needs several workers, which would never be free together if lighter
    /// jobs went on taking them. (If the newest goes first, an older waiter has no such right.)
    /// </summary>
    public bool OwesTurnBefore(JobRecord job, bool newestFirst)
    {
        for (var i = 0; i < _parked.Length; i++)
        {
            if (_parked[i] is not { Count: > 0 } line)
                continue;
            var first = line.First(newestFirst).Job!;
            if (first.Order > job.Order == newestFirst && (i >= PriorityClass.IndexOf(job) || (first.Weight > 1 && !newestFirst)))
                return true;
        }
        return false;
    }

    public void ForgetParked() => Array.Clear(_parked);

    /// <summary>
    /// The accounts of those keys that have a job waiting or running, and of no others: there are never more than jobs.
    /// </summary>
    internal sealed class Book(IWaiterOwner owner)
    {
        private readonly Dictionary<string, KeyAccount> _accounts = [];

        public IEnumerable<KeyAccount> All => _accounts.Values;

        public KeyAccount? Find(string? key) => _accounts.GetValueOrDefault(key ?? "");

        /// <summary>Whether the account is one of this book, not of an earlier one with other lines.</summary>
        public bool Has(KeyAccount account) => Find(account._key) == account;

        /// <summary>The account for one more job.</summary>
        public KeyAccount Open(string? key)
        {
            ref var account = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, key ?? "", out _);
            account ??= new KeyAccount(owner, key ?? "");
            account._jobs++;
            return account;
        }

        /// <summary>A job is done with its account.</summary>
        public void Close(KeyAccount account)
        {
            if (--account._jobs == 0 && Has(account))
                _accounts.Remove(account._key);
        }
    }
}
