namespace QueueAdmission.Simulation.Interleavings;

/// <summary>
/// A protocol for arrivals and releases. The first one is the protocol of the engine. The others contain mistakes that
/// the exploration has to find.
/// </summary>
public enum Rule
{
    /// <summary>
    /// The protocol of the engine: under the lock, an arriving job either takes a worker or sets the mark, with one
    /// compare-and-set of the word.
    /// </summary>
    TakeOrMarkInOneStep,

    /// <summary>
    /// An arriving job looks for a free worker. If there is none, it sets the mark in a separate second step.
    /// </summary>
    LookThenMark,

    /// <summary>An arriving job joins the line without setting the mark.</summary>
    NoMark,

    /// <summary>An arriving job takes a free worker even if the mark is set.</summary>
    IgnoreTheMark,

    /// <summary>A resize adds to the word, and does not assign the added workers. Only the next release does.</summary>
    ResizeWithoutHandOff,

    /// <summary>The mark is cleared after the lock has been released.</summary>
    ClearTheMarkUnlocked,

    /// <summary>The mark is cleared although a background job waits.</summary>
    ForgetTheBackground,
}

/// <summary>
/// The next step of an actor. Each step is one atomic access to shared state. Between two steps, other actors may act.
/// </summary>
internal enum Step : byte
{
    Look,
    Take,
    AwaitLock,
    LookAgain,
    TakeOrMark,
    Link,
    Unlock,
    Wait,
    Run,
    LookToRelease,
    GiveBack,
    AwaitLockToRelease,
    GiveBackLocked,
    AwaitLockInBackground,
    MarkInBackground,
    LinkInBackground,
    AwaitLockToResize,
    Resize,
    HandOff,
    ClearMark,
    UnlockAtRest,
    ClearMarkLate,
    Done,
}

/// <summary>A flow that enters and releases several times, or a resize.</summary>
/// <param name="Step">The next step.</param>
/// <param name="Seen">The word as the actor last read it.</param>
/// <param name="Rounds">How often the actor will enter again.</param>
/// <param name="Growth">The change of the worker limit, if the actor is a resize.</param>
/// <param name="IsEntering">
/// Whether the actor enters as a background job: it hands free workers on, and then waits.
/// </param>
internal readonly record struct Actor(
    Step Step, long Seen = 0, int Rounds = 0, int Growth = 0, bool IsEntering = false);

/// <summary>
/// The protocol of <c>Engine/WorkerSlots.cs</c> and <c>Engine/AdmissionEngine.cs</c>, step by step, on the real
/// <see cref="WorkerWord"/>. A step is the part of TryAdmit, Release, Arrive or SettleLocked between two accesses to
/// the word, the lock or the line. Changes to these methods must be repeated here.
/// </summary>
internal static class Protocol
{
    /// <summary>Lets one actor execute its next step.</summary>
    /// <returns>The resulting world, or null if the actor has to wait.</returns>
    public static World? Next(World before, int actor, Rule rule)
    {
        var world = before.Copy();
        ref var me = ref world.Actors[actor];
        switch (me.Step)
        {
            case Step.Look:
                me = me with { Seen = world.Word };
                var open = rule == Rule.IgnoreTheMark || !WorkerWord.IsMarked(world.Word);
                return world.Go(actor, open && WorkerWord.Free(world.Word) > 0 ? Step.Take : Step.AwaitLock);
            case Step.Take:
                return world.CompareAndSet(actor, me.Seen - WorkerWord.FreeUnit)
                    ? world.Admit(actor, overtaking: true)
                    : world.Go(actor, Step.Look);

            case Step.AwaitLock:
                return world.Acquire(actor, Step.LookAgain);
            case Step.LookAgain:
                me = me with { Seen = world.Word };
                return world.Go(
                    actor, WorkerWord.IsMarked(world.Word) || rule == Rule.NoMark ? Step.Link : Step.TakeOrMark);
            case Step.TakeOrMark when WorkerWord.Free(me.Seen) > 0:
                return world.CompareAndSet(actor, me.Seen - WorkerWord.FreeUnit)
                    ? world.Release().Admit(actor, overtaking: true)
                    : world.Go(actor, Step.LookAgain);
            case Step.TakeOrMark when rule == Rule.LookThenMark:
                world.Word |= WorkerWord.Mark;
                return world.Go(actor, Step.Link);
            case Step.TakeOrMark:
                return world.Go(
                    actor, world.CompareAndSet(actor, me.Seen | WorkerWord.Mark) ? Step.Link : Step.LookAgain);
            case Step.Link:
                world.Line.Enqueue(actor);
                return world.Go(actor, Step.Unlock);
            case Step.Unlock:
                return world.Release().Go(actor, Step.Wait);
            case Step.Wait:
                return world.Granted.Remove(actor) ? world.Go(actor, Step.Run) : null;

            case Step.Run:
                return world.Go(actor, Step.LookToRelease);
            case Step.LookToRelease:
                me = me with { Seen = world.Word };
                return world.Go(actor, WorkerWord.IsMarked(world.Word) ? Step.AwaitLockToRelease : Step.GiveBack);
            case Step.GiveBack:
                return world.CompareAndSet(actor, me.Seen + WorkerWord.Ended)
                    ? world.End().StartAgain(actor)
                    : world.Go(actor, Step.LookToRelease);
            case Step.AwaitLockToRelease:
                return world.Acquire(actor, Step.GiveBackLocked);
            case Step.GiveBackLocked:
                world.Word += WorkerWord.Ended;
                return world.End().Go(actor, Step.HandOff);

            case Step.AwaitLockInBackground:
                return world.Acquire(actor, Step.MarkInBackground);
            case Step.MarkInBackground:
                world.Word |= WorkerWord.Mark;
                return world.Go(actor, Step.LinkInBackground);
            case Step.LinkInBackground:
                world.Background.Enqueue(actor);
                me = me with { IsEntering = true };
                return world.Go(actor, Step.HandOff);

            case Step.AwaitLockToResize:
                return world.Acquire(actor, Step.Resize);
            case Step.Resize:
                world.Word += me.Growth * WorkerWord.FreeUnit;
                world.Workers += me.Growth;
                return world.Go(actor, rule == Rule.ResizeWithoutHandOff ? Step.UnlockAtRest : Step.HandOff);

            case Step.HandOff when world.Line.Count > 0 && WorkerWord.Free(world.Word) > 0:
                world.Word -= WorkerWord.FreeUnit;
                var granted = world.Line.Dequeue();
                world.Granted.Add(granted);
                return world.Admit(granted, overtaking: false).Go(actor, Step.HandOff);
            case Step.HandOff when world.Background.Count > 0 && WorkerWord.Free(world.Word) > 0:
                world.Word -= WorkerWord.FreeUnit;
                var next = world.Background.Dequeue();
                world.Granted.Add(next);
                return world.Admit(next, overtaking: false).Go(actor, Step.HandOff);
            case Step.HandOff:
                var isHeld = world.Background.Count > 0 && rule != Rule.ForgetTheBackground;
                var atRest = world.Line.Count == 0 && !isHeld && WorkerWord.IsMarked(world.Word);
                return world.Go(
                    actor, atRest && rule != Rule.ClearTheMarkUnlocked ? Step.ClearMark : Step.UnlockAtRest);
            case Step.ClearMark:
                world.Word &= ~WorkerWord.Mark;
                return world.Go(actor, Step.UnlockAtRest);
            case Step.UnlockAtRest when me.IsEntering:
                me = me with { IsEntering = false };
                return world.Release().Go(actor, Step.Wait);
            case Step.UnlockAtRest:
                var late = rule == Rule.ClearTheMarkUnlocked && world.Line.Count == 0;
                return late ? world.Release().Go(actor, Step.ClearMarkLate) : world.Release().StartAgain(actor);
            case Step.ClearMarkLate:
                world.Word &= ~WorkerWord.Mark;
                return world.StartAgain(actor);
            default:
                return null;
        }
    }
}
