namespace QueueAdmission;

/// <summary>The limit in force on the workers: the minimum of named caps. Guarded by the queue's lock.</summary>
/// <remarks>
/// <para>The cap <c>settings</c> is the number that the settings allow: <see cref="JobQueueOptions.Workers"/>, or
/// <see cref="JobQueueOptions.MaxWorkers"/> with <see cref="JobQueueOptions.AdaptiveWorkers"/>. The cap <c>adaptive</c>
/// is the number that the search for the best number of workers has found.</para>
/// <para>The cap <c>override</c> is an operator's number. An operator may also raise the number of workers, which an
/// additional cap could not do. While an override exists, it therefore replaces <c>settings</c> and <c>adaptive</c>.
/// These two keep their values, and are in force again when the override ends.</para>
/// <para>All other caps, such as that of a lease from a cluster, limit the number further. Only these caps may be
/// 0.</para>
/// </remarks>
internal sealed class WorkerLimit
{
    public const string SettingsCap = "settings";
    public const string AdaptiveCap = "adaptive";
    public const string OverrideCap = "override";

    private readonly List<WorkerCap> _others = [];
    private readonly Dictionary<string, WorkerCapEnd> _ends = [];
    private int _settings;
    private int? _adaptive;
    private int? _override;

    /// <summary>The minimum of all caps in force.</summary>
    public int InForce { get; private set; }

    /// <summary>
    /// The maximum weight of a job. The search and other caps do not reduce it. May be read without the lock.
    /// </summary>
    /// <remarks>
    /// An operator's lower number does not reduce the maximum either. A heavier job then takes all workers.
    /// </remarks>
    public int MaxWeight { get; private set; }

    public bool IsOverridden => _override is not null;

    /// <summary>The operator's number of workers. Null if there is no override.</summary>
    public int? Override => _override;

    /// <summary>The number of workers that applies when the override ends, unless other caps are lower.</summary>
    public int WithoutOverride => Math.Min(_settings, _adaptive ?? _settings);

    /// <exception cref="ArgumentException">The name is empty, or it belongs to a cap of the queue itself.</exception>
    public static void ThrowIfNotACap(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name is SettingsCap or AdaptiveCap or OverrideCap)
            throw new ArgumentException($"'{name}' is a cap of the queue itself; choose another name.", nameof(name));
    }

    public void SetSettings(JobQueueOptions options)
    {
        _settings = options.AdaptiveWorkers ? options.MaxWorkers : options.Workers;
        Update();
    }

    /// <param name="workers">The number that the search has found; null if there is no search.</param>
    public void SetAdaptive(int? workers)
    {
        _adaptive = workers;
        Update();
    }

    /// <param name="workers">The operator's number; null to end the override.</param>
    public void SetOverride(int? workers)
    {
        _override = workers;
        Update();
    }

    /// <summary>
    /// The minimum of the caps that have no end. The weight of a job is reduced only to this number. While a cap with
    /// an end leaves fewer workers, a heavier job waits, because that cap may rise again.
    /// </summary>
    public int InForceForWeights { get; private set; }

    /// <summary>The ends of the caps. Null if no cap has an end.</summary>
    public CapEnds? Ends { get; private set; }

    /// <summary>Replaces each cap that has ended by the number that follows.</summary>
    public void EndCaps(TimeProvider time)
    {
        foreach (var (name, end) in _ends.Where(cap => cap.Value.IsOver(time)).ToList())
        {
            Set(name, end.WorkersAfterwards);
        }
    }

    /// <summary>Sets a cap, or removes it if <paramref name="workers"/> is null.</summary>
    public void Set(string name, int? workers, WorkerCapEnd? end = null)
    {
        _ends.Remove(name);
        if (end is { } moment && workers is not null)
            _ends.Add(name, moment);
        Ends = _ends.Count == 0 ? null : new CapEnds([.. _ends.Values]);
        var index = _others.FindIndex(cap => cap.Name == name);
        if (workers is not { } value)
        {
            if (index >= 0)
                _others.RemoveAt(index);
        }
        else if (index >= 0)
        {
            _others[index] = new(name, value);
        }
        else
        {
            _others.Add(new(name, value));
        }
        Update();
    }

    /// <summary>Returns the caps in force. Their minimum is <see cref="InForce"/>.</summary>
    public IReadOnlyList<WorkerCap> List() => [.. Held()];

    private IEnumerable<WorkerCap> Held()
    {
        if (_override is { } fixedByOperator)
        {
            yield return new(OverrideCap, fixedByOperator);
        }
        else
        {
            yield return new(SettingsCap, _settings);
            if (_adaptive is { } found)
                yield return new(AdaptiveCap, found);
        }
        foreach (var cap in _others)
            yield return cap;
    }

    private void Update()
    {
        MaxWeight = Math.Max(_settings, _override ?? 0);
        InForce = Held().Min(cap => cap.Workers);
        InForceForWeights = _ends.Count == 0
            ? InForce
            : Held().Where(cap => !_ends.ContainsKey(cap.Name)).Min(cap => cap.Workers);
    }
}
