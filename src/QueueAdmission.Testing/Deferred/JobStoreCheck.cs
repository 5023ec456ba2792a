namespace QueueAdmission.Testing;

/// <summary>One check of <see cref="JobStoreContract"/>.</summary>
public sealed class JobStoreCheck
{
    private readonly Action _run;

    internal JobStoreCheck(string name, Action run)
    {
        Name = name;
        _run = run;
    }

    /// <summary>The requirement that the check tests.</summary>
    public string Name { get; }

    /// <summary>Runs the check, on the calling thread. It takes some seconds at most.</summary>
    /// <exception cref="ContractViolationException">The store violates the contract.</exception>
    /// <exception cref="JobStoreException">The store could not be used, so the check has no result.</exception>
    public void Run() => _run();

    /// <summary>The name of the check, for lists of tests.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;
}
