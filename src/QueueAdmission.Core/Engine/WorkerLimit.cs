namespace QueueAdmission;

/// <summary>The limit in force: the minimum of named caps. Guarded by the queue's lock.</summary>
/// <remarks>
/// <para><c>settings</c> is the number that the settings allow. It is <see cref="JobQueueOptions.Workers"/>, or with
/// <see cref="JobQueueOptions.AdaptiveWorkers"/> the <see cref="JobQueueOptions.MaxWorkers"/> up to which the search
/// may go. <c>adaptive</c> is what the search has found.</para>
/// <para><c>override</c> is an operator's number. An operator may raise the number as well as lower it, which a minimum
/// cannot do. So this is a layer over the settings: while it lasts it stands in the place of <c>settings</c> and
/// <c>adaptive</c>, which keep their values and are in force again afterwards.</para>
/// <para>All other caps, such as the lease of a cluster, bound that number. All caps but <c>settings</c> may be
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

    /// <summary>The minimum of all caps that hold.</summary>
    public int InForce { get; private set; }

    /// <summary>
    /// The maximum weight of a job. The search and other caps do not reduce it. It may be read without the lock.
    /// </summary>
    /// <remarks>An operator's lower number does not count. The job then takes all workers that there are.</remarks>
    public int MaxWeight { get; private set; }

    public bool IsOverridden => _override is not null;

    /// <summary>The operator's number; null if there is none.</summary>
    public int? Override => _override;

    /// <summary>The number that holds when an override ends, as far as other caps allow it.</summary>
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

    /// <param name="workers">What the search has found; null where there is no search.</param>
    public void SetAdaptive(int? workers)
    {
        _adaptive = workers;
        Update();
    }

    /// <param name="workers">The operator's number; null to end it.</param>
    public void SetOverride(int? workers)
    {
        _override = workers;
        Update();
    }

    /// <summary>
    /// The minimum of the caps that have no end. A heavy job waits for its whole weight while a cap with an end leaves
    /// fewer workers, because that cap may rise again.
    /// </summary>
    public int InForceForWeights { get; private set; }

    /// <summary>The ends of all caps that have one; null if none has.</summary>
    public CapEnds? Ends { get; private set; }

    /// <summary>Replaces each cap whose end has come by the number that follows it.</summary>
    public void EndCaps(TimeProvider time)
    {
        foreach (var (name, end) in _ends.Where(cap => cap.Value.IsOver(time)).ToList())
        {
            Set(name, end.WorkersAfterwards);
        }
    }

    /// <summary>Sets another cap, or takes it away.</summary>
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

    /// <summary>The caps that hold. Their minimum is <see cref="InForce"/>.</summary>
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
