namespace QueueAdmission.Simulation.Interleavings;

/// <summary>
/// The shared state, and the next step of each actor. The world also records which actors really have a worker. The
/// protocol does not read this record.
/// </summary>
internal sealed class World
{
    public required Actor[] Actors { get; init; }

    public long Word { get; set; }

    public int Workers { get; set; }

    public int? LockHolder { get; private set; }

    public Queue<int> Line { get; private init; } = new();

    /// <summary>The waiting background jobs.</summary>
    public Queue<int> Background { get; private init; } = new();

    public HashSet<int> Granted { get; private init; } = [];

    public int Running { get; private set; }

    public static World Start(int workers, int flows, int rounds, params int[] growths) =>
        Start(workers, flows, rounds, background: 0, growths);

    public static World Start(int workers, int flows, int rounds, int background, int[] growths) => new()
    {
        Actors =
        [
            .. Enumerable.Repeat(new Actor(Step.Look, Rounds: rounds), flows),
            .. Enumerable.Repeat(new Actor(Step.AwaitLockInBackground, Rounds: 1), background),
            .. growths.Select(growth => new Actor(Step.AwaitLockToResize, Growth: growth)),
        ],
        Word = workers * WorkerWord.FreeUnit,
        Workers = workers,
    };

    public bool IsOver => Actors.All(actor => actor.Step == Step.Done);

    /// <summary>Identifies the world. Equal worlds have equal keys, and are explored only once.</summary>
    public string Key =>
        $"{Word},{Workers},{Running},{LockHolder}|{string.Join(',', Line)}|{string.Join(',', Background)}|"
        + $"{string.Join(',', Granted.Order())}|{string.Join(',', Actors.Select(KeyOf))}";

    public World Copy() => new()
    {
        Actors = [.. Actors],
        Word = Word,
        Workers = Workers,
        LockHolder = LockHolder,
        Line = new Queue<int>(Line),
        Background = new Queue<int>(Background),
        Granted = [.. Granted],
        Running = Running,
    };

    public World Go(int actor, Step step)
    {
        // Clear a value that will not be read again. It would only multiply the number of worlds.
        var looksAtSeen = step is Step.Take or Step.TakeOrMark or Step.GiveBack;
        Actors[actor] = Actors[actor] with { Step = step, Seen = looksAtSeen ? Actors[actor].Seen : 0 };
        return this;
    }

    public World? Acquire(int actor, Step then)
    {
        if (LockHolder is not null)
            return null;
        LockHolder = actor;
        return Go(actor, then);
    }

    public World Release()
    {
        LockHolder = null;
        return this;
    }

    public bool CompareAndSet(int actor, long value)
    {
        if (Word != Actors[actor].Seen)
            return false;
        Word = value;
        return true;
    }

    public World Admit(int actor, bool overtaking)
    {
        if (overtaking && Line.Count > 0)
            throw new ProtocolBrokenException($"Flow {actor} overtakes a job that waits.");
        if (++Running > Workers)
            throw new ProtocolBrokenException($"Flow {actor} is admitted as number {Running}, with {Workers} workers.");
        return overtaking ? Go(actor, Step.Run) : this;
    }

    public World End()
    {
        Running--;
        return this;
    }

    public World StartAgain(int actor)
    {
        var rounds = Actors[actor].Rounds - 1;
        Actors[actor] = new Actor(rounds > 0 ? Step.Look : Step.Done, Rounds: Math.Max(0, rounds));
        return this;
    }

    private static string KeyOf(Actor actor) =>
        $"{(int)actor.Step}:{actor.Seen}:{actor.Rounds}:{actor.IsEntering}";
}

internal sealed class ProtocolBrokenException(string message) : Exception(message);
