namespace QueueAdmission;

/// <summary>When caps are over. Never changed, only replaced, so it may be read without the lock.</summary>
internal sealed class CapEnds(WorkerCapEnd[] ends)
{
    /// <summary>Whether one of the caps is over.</summary>
    public bool IsOneOver(TimeProvider time)
    {
        foreach (var end in ends)
        {
            if (end.IsOver(time))
                return true;
        }
        return false;
    }
}
