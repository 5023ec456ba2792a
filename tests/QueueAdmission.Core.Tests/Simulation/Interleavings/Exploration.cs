namespace QueueAdmission.Simulation.Interleavings;

/// <summary>
/// Visits, in breadth-first order, every world that an interleaving of the actors' steps can reach, and checks whether
/// a guarantee is violated in it.
/// </summary>
internal sealed class Exploration
{
    private readonly Dictionary<string, (string? From, string By)> _seen = [];
    private readonly Queue<World> _open = new();

    public int Worlds => _seen.Count;

    public int Steps { get; private set; }

    /// <summary>Returns a violation and the shortest path to it, or null if there is none.</summary>
    public string? Run(World start, Rule rule)
    {
        _seen.Add(start.Key, (null, "start"));
        _open.Enqueue(start);
        while (_open.TryDequeue(out var world))
        {
            var stuck = true;
            for (var actor = 0; actor < world.Actors.Length; actor++)
            {
                var by = $"{actor}: {world.Actors[actor].Step}";
                try
                {
                    if (Protocol.Next(world, actor, rule) is not { } next)
                        continue;
                    stuck = false;
                    Steps++;
                    ThrowIfAWorkerIsIdle(next);
                    if (_seen.TryAdd(next.Key, (world.Key, by)))
                        _open.Enqueue(next);
                }
                catch (ProtocolBrokenException broken)
                {
                    return $"{broken.Message} {WayTo(world.Key)}, {by}";
                }
            }
            if (stuck && WhatIsWrongAtTheEnd(world) is { } wrong)
                return $"{wrong} {WayTo(world.Key)}";
        }
        return null;
    }

    private static void ThrowIfAWorkerIsIdle(World world)
    {
        if (world.LockHolder is null && (world.Line.Count > 0 || world.Background.Count > 0)
            && WorkerWord.Free(world.Word) > 0)
            throw new ProtocolBrokenException("A worker is idle while a job waits: a wake-up was lost.");
    }

    private static string? WhatIsWrongAtTheEnd(World world) =>
        !world.IsOver ? "A job waits without end."
        : WorkerWord.IsMarked(world.Word) ? "The mark stayed although no job waits."
        : WorkerWord.Free(world.Word) != world.Workers || world.Running != 0 ? "A worker was lost."
        : null;

    private string WayTo(string key)
    {
        var way = new Stack<string>();
        for (var at = key; _seen[at] is { From: { } from } step; at = from)
            way.Push(step.By);
        return "Way: " + string.Join(", ", way);
    }
}
