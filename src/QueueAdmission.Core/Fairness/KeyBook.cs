using System.Runtime.InteropServices;

namespace QueueAdmission;

/// <summary>
/// The accounts of all keys that have a waiting or running job, or that owe work. <see cref="ClassTurns"/> limits the
/// debts: they are forgotten when there are more accounts than places and workers.
/// </summary>
internal sealed class KeyBook
{
    /// <summary>The name in <see cref="JobQueueOptions.KeyShares"/> for all keys that are not named there.</summary>
    private const string Others = "*";

    private readonly Dictionary<string, KeyAccount> _accounts = [];
    private IReadOnlyDictionary<string, int>? _shares;

    // The account that was looked up last. An arriving job asks for its account several times.
    private KeyAccount? _last;

    public int Count => _accounts.Count;

    public IEnumerable<KeyAccount> All => _accounts.Values;

    /// <summary>Returns the account of the job's key. Null if there is none.</summary>
    public KeyAccount? Find(JobRecord job)
    {
        var key = job.Key ?? "";
        if (_last is { } last && ReferenceEquals(last.Key, key))
            return last;
        return _accounts.TryGetValue(key, out var account) ? _last = account : null;
    }

    /// <summary>
    /// Returns the account of the job's key, and counts one more job in it. Creates the account if there is none.
    /// </summary>
    public KeyAccount Open(JobRecord job)
    {
        var account = Find(job) ?? Add(job.Key ?? "");
        account.Jobs++;
        return account;
    }

    /// <summary>Applies the shares in the settings to new and existing accounts.</summary>
    public void UseShares(IReadOnlyDictionary<string, int>? shares)
    {
        if (ReferenceEquals(shares, _shares))
            return;
        _shares = shares;
        foreach (var account in _accounts.Values)
            ApplyShares(account);
    }

    /// <summary>Called when a job no longer needs the account of its key.</summary>
    public void Close(KeyAccount account)
    {
        account.Jobs--;
        RemoveIfDone(account);
    }

    /// <summary>Removes the account of a key that has neither jobs nor debts.</summary>
    public void RemoveIfDone(KeyAccount account)
    {
        if (account is not { Jobs: 0, Flows: 0 })
            return;
        _accounts.Remove(account.Key);
        if (_last == account)
            _last = null;
    }

    /// <summary>
    /// Returns the keys with the most waiting jobs, in descending order, without sorting all keys. Keys with equally
    /// many waiting jobs are ordered by their running jobs.
    /// </summary>
    public List<KeyView> List(int max, out int total)
    {
        total = 0;
        var list = new List<KeyView>(max);
        foreach (var account in _accounts.Values)
        {
            // The key has no jobs and only owes work.
            if (account.Jobs == 0)
                continue;
            total++;
            var view = new KeyView(account.Key, account.Waiting, account.Jobs - account.Waiting);
            if (list.Count == max && (max == 0 || Compare(view, list[^1]) >= 0))
                continue;
            if (list.Count == max)
                list.RemoveAt(max - 1);
            var place = list.FindIndex(other => Compare(view, other) < 0);
            list.Insert(place < 0 ? list.Count : place, view);
        }
        return list;
    }

    private static int Compare(KeyView one, KeyView other) =>
        one.Waiting != other.Waiting ? other.Waiting.CompareTo(one.Waiting)
        : one.Running != other.Running ? other.Running.CompareTo(one.Running)
        : string.CompareOrdinal(one.Key, other.Key);

    private KeyAccount Add(string key)
    {
        ref var account = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, key, out _);
        _last = account = new KeyAccount(key);
        if (_shares is not null)
            ApplyShares(_last);
        return _last;
    }

    private void ApplyShares(KeyAccount account) => account.UseShares(
        _shares is not null && account.Key != Others && _shares.TryGetValue(account.Key, out var named) ? named : null,
        _shares?.GetValueOrDefault(Others, 1) ?? 1);
}
