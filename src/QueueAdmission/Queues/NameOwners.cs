namespace QueueAdmission;

/// <summary>
/// Finds names that are used for two queues of one application. Both queues would have the same injection key and the
/// same metrics.
/// </summary>
internal sealed class NameOwners(CodeSettings code, AddedQueues? added)
{
    private readonly IReadOnlySet<string> _inCode = code.QueueNames.ToHashSet(QueueName.Comparer);

    /// <summary>The configuration section of the queues.</summary>
    public string Section => code.Section;

    /// <summary>Returns one error for each name that is used twice.</summary>
    public IEnumerable<string> FindClashes(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (added?.Names.Contains(name) == true)
                yield return $"{PlaceOf(name)} and AddJobQueue(\"{name}\") in code are two queues of one name; "
                    + "rename or remove one of them.";
        }
    }

    private string PlaceOf(string name)
    {
        if (QueueName.Comparer.Equals(name, JobQueue.DefaultName))
            return $"The queue '{name}', which UseQueuedAdmission always has,";
        return _inCode.Contains(name) ? $"AddQueue(\"{name}\") in AddQueuedAdmission" : $"{Section}:Queues:{name}";
    }
}
