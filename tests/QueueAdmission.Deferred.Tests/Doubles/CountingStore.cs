namespace QueueAdmission.Deferred.Doubles;

/// <summary>A store that records which jobs were looked up.</summary>
internal sealed class CountingStore(IJobStore inner) : StoreDouble(inner)
{
    private readonly List<Guid> _found = [];

    public IReadOnlyList<Guid> Found => _found;

    public int Finds => _found.Count;

    public StoredJob? Aliased { get; set; }

    public override StoredJob? Find(Guid id)
    {
        _found.Add(id);
        return Aliased ?? base.Find(id);
    }
}
