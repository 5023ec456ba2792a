namespace QueueAdmission.Testing;

/// <summary>The jobs of an <see cref="InMemoryJobStore"/>. The caller holds the lock of the store.</summary>
internal sealed class InMemoryJobs(TimeProvider time)
{
    private readonly Dictionary<Guid, InMemoryJob> _byId = [];
    private readonly Dictionary<string, InMemoryJobQueue> _queues = [];
    private readonly HashSet<InMemoryJob> _running = [];
    private readonly LinkedList<InMemoryJob> _dead = [];
    private readonly Dictionary<Guid, InMemoryJob> _aliases = [];
    private readonly Dictionary<string, long> _positions = [];
    private readonly long _started = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_started);

    public JobAcceptance[] Accept(IReadOnlyList<AcceptedJob> jobs)
    {
        var result = new JobAcceptance[jobs.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Accept(jobs[i]);
        }
        return result;
    }

    public long Import(JobImport import)
    {
        var position = ReadPosition(import.Source);
        if (position < import.After)
        {
            return position;
        }
        foreach (var (_, job) in import.Jobs.Where(job => job.Position > position))
        {
            Import(job);
        }
        return _positions[import.Source] = Math.Max(position, import.Last);
    }

    public long ReadPosition(string source) => _positions.GetValueOrDefault(source, -1);

    /// <summary>
    /// Lets all running jobs wait again, because the node that ran them is lost. The attempts count. Returns the number
    /// of the jobs.
    /// </summary>
    public int Recover()
    {
        var lost = _running.ToArray();
        foreach (var job in lost)
        {
            job.Attempts++;
            job.Reason = "The process that ran the job has ended.";
            Wait(job, TimeSpan.Zero);
        }
        return lost.Length;
    }

    public void GiveBack()
    {
        foreach (var job in _running.ToArray())
        {
            Wait(job, TimeSpan.Zero);
        }
    }

    public JobAdvance Advance(IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims, bool mayClaim)
    {
        var counted = ends.Select(End).ToArray();
        var jobs = mayClaim ? claims.SelectMany(Claim).ToArray() : [];
        var nextDue = claims
            .Where(claim => _queues.ContainsKey(claim.Queue))
            .SelectMany(claim => _queues[claim.Queue].WaitingByTurn)
            .Where(job => job.Due > Now)
            .Select(job => (TimeSpan?)(job.Due - Now))
            .Min();
        return new JobAdvance { Ends = counted, Jobs = jobs, NextDue = nextDue };
    }

    public StoredJob? Find(Guid id) =>
        _byId.TryGetValue(id, out var job) || _aliases.TryGetValue(id, out job) ? Stored(job, withBytes: true) : null;

    public StoredJob[] ListDead(string? queue, int max) =>
        [.. _dead.Where(job => queue is null || job.Queue == queue).Take(max)
            .Select(job => Stored(job, withBytes: false))];

    public bool Cancel(Guid id)
    {
        if (!_byId.TryGetValue(id, out var job) || job.State != StoredJobState.Waiting)
        {
            return false;
        }
        Finish(job, StoredJobState.Cancelled);
        return true;
    }

    public bool Redrive(Guid id)
    {
        if (!_byId.TryGetValue(id, out var job) || job.State != StoredJobState.Dead)
        {
            return false;
        }
        _dead.Remove(job);
        job.Attempts = 0;
        job.EndedAt = null;
        Wait(job, TimeSpan.Zero);
        return true;
    }

    public bool Discard(Guid id)
    {
        if (!_byId.TryGetValue(id, out var job) || job.State != StoredJobState.Dead)
        {
            return false;
        }
        _dead.Remove(job);
        Finish(job, StoredJobState.Discarded);
        return true;
    }

    public JobStoreCounts[] ReadCounts() => [.. _queues.Values.Select(queue => queue.ToCounts())];

    public int Purge(string queue, TimeSpan retention, int max)
    {
        if (!_queues.TryGetValue(queue, out var jobs))
        {
            return 0;
        }
        var count = 0;
        for (; count < max && jobs.Finished.First?.Value is { } job && job.Ended <= Now - retention; count++)
        {
            jobs.Finished.RemoveFirst();
            _byId.Remove(job.Id);
            job.Aliases.ForEach(alias => _aliases.Remove(alias));
            if (job.IdempotencyKey is { } key)
            {
                jobs.ByIdempotencyKey.Remove(key);
            }
        }
        return count;
    }

    private JobAcceptance Accept(AcceptedJob accepted)
    {
        _queues.TryGetValue(accepted.Queue, out var queue);
        if (InMemoryJob.TextOf(accepted.IdempotencyKey) is { } key && queue is not null
            && queue.ByIdempotencyKey.TryGetValue(key, out var earlier))
        {
            var isSame = earlier.Fingerprint == InMemoryJob.TextOf(accepted.Fingerprint);
            return new JobAcceptance(
                isSame ? JobAcceptanceStatus.Duplicate : JobAcceptanceStatus.KeyReused, earlier.Id);
        }
        if (_byId.ContainsKey(accepted.Id))
        {
            return new JobAcceptance(JobAcceptanceStatus.Duplicate, accepted.Id);
        }
        if ((queue?.Active ?? 0) >= accepted.MaxWaiting)
        {
            return new JobAcceptance(JobAcceptanceStatus.QueueFull, accepted.Id);
        }
        return new JobAcceptance(JobAcceptanceStatus.Accepted, Add(new InMemoryJob(accepted)).Id);
    }

    private InMemoryJob Add(InMemoryJob job)
    {
        if (!_queues.TryGetValue(job.Queue, out var queue))
        {
            _queues[job.Queue] = queue = new InMemoryJobQueue(job.Queue);
        }
        queue.Accept(job);
        _byId.Add(job.Id, job);
        if (job.IdempotencyKey is not null)
        {
            queue.ByIdempotencyKey.Add(job.IdempotencyKey, job);
        }
        return job;
    }

    private void Import(AcceptedJob accepted)
    {
        var key = InMemoryJob.TextOf(accepted.IdempotencyKey);
        if (_byId.ContainsKey(accepted.Id) || _aliases.ContainsKey(accepted.Id))
        {
            return;
        }
        if (key is null || !_queues.TryGetValue(accepted.Queue, out var queue)
            || !queue.ByIdempotencyKey.TryGetValue(key, out var earlier))
        {
            Add(new InMemoryJob(accepted));
        }
        else if (earlier.Fingerprint == InMemoryJob.TextOf(accepted.Fingerprint))
        {
            _aliases.Add(accepted.Id, earlier);
            earlier.Aliases.Add(accepted.Id);
        }
        else
        {
            var job = Add(new InMemoryJob(accepted) { IdempotencyKey = null });
            job.Reason = "key_reused";
            Stop(job, StoredJobState.Dead);
            _dead.AddFirst(job);
        }
    }

    private bool End(JobEnd end)
    {
        if (!_byId.TryGetValue(end.Id, out var job) || job.State != StoredJobState.Running || job.Claims != end.Claim)
        {
            return false;
        }
        if (end.Kind != JobEndKind.GivenBack)
        {
            job.Attempts++;
        }
        switch (end.Kind)
        {
            case JobEndKind.Done:
                job.Result = end.Result is null ? null : [.. end.Result];
                Finish(job, StoredJobState.Done);
                return true;
            case JobEndKind.Dead:
                job.Reason = end.Reason;
                Stop(job, StoredJobState.Dead);
                _dead.AddFirst(job);
                return true;
            case JobEndKind.Retry:
                job.Reason = end.Reason;
                Wait(job, end.Delay);
                return true;
            default:
                Wait(job, TimeSpan.Zero);
                return true;
        }
    }

    private ClaimedJob[] Claim(JobClaim claim)
    {
        if (!_queues.TryGetValue(claim.Queue, out var queue))
        {
            return [];
        }
        var now = Now;
        var claimed = queue.WaitingByTurn.Where(job => job.Due <= now && queue.IsFirstOfItsSequence(job))
            .Take(claim.Max).ToArray();
        return [.. claimed.Select(job =>
        {
            job.Claims++;
            queue.Move(job, StoredJobState.Running);
            _running.Add(job);
            return new ClaimedJob
            {
                Id = job.Id,
                Queue = job.Queue,
                Route = job.Route,
                Payload = [.. job.Payload!],
                AcceptedAt = job.AcceptedAt,
                Priority = job.Priority,
                Weight = job.Weight,
                Attempt = job.Attempts + 1,
                Claim = job.Claims,
            };
        })];
    }

    private void Wait(InMemoryJob job, TimeSpan delay)
    {
        _running.Remove(job);
        job.Due = delay > TimeSpan.Zero ? Now + delay : TimeSpan.Zero;
        _queues[job.Queue].Move(job, StoredJobState.Waiting);
    }

    private void Finish(InMemoryJob job, StoredJobState state)
    {
        Stop(job, state);
        job.Payload = null;
        _queues[job.Queue].Finished.AddLast(job);
    }

    private void Stop(InMemoryJob job, StoredJobState state)
    {
        _running.Remove(job);
        job.Ended = Now;
        job.EndedAt = time.GetUtcNow();
        _queues[job.Queue].Move(job, state);
    }

    private StoredJob Stored(InMemoryJob job, bool withBytes) => new()
    {
        Id = job.Id,
        Queue = job.Queue,
        Route = job.Route,
        State = job.State,
        AcceptedAt = job.AcceptedAt,
        Attempts = job.Attempts,
        Payload = withBytes && job.Payload is { } payload ? [.. payload] : null,
        Result = withBytes && job.Result is { } result ? [.. result] : null,
        Reason = job.Reason,
        EndedAt = job.EndedAt,
        Ahead = withBytes && job.State == StoredJobState.Waiting ? _queues[job.Queue].CountAhead(job) : null,
    };
}
