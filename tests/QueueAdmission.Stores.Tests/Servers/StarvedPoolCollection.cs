namespace QueueAdmission.Stores.Servers;

[CollectionDefinition(StarvedPool.Collection, DisableParallelization = true)]
public sealed class StarvedPoolCollection;
