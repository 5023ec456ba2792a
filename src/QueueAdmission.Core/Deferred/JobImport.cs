namespace QueueAdmission;

/// <summary>Jobs of one source, on their way to the store.</summary>
public sealed class JobImport
{
    /// <summary>The source, see <see cref="JobPosition.Source"/>. At most 300 characters.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// The position after which the jobs follow: all that was accepted up to it is in the store. -1 for the beginning.
    /// </summary>
    public required long After { get; init; }

    /// <summary>The position that is reached with these jobs. It may be above that of the last job.</summary>
    public required long Last { get; init; }

    /// <summary>The jobs with growing positions above <see cref="After"/>, up to <see cref="Last"/>.</summary>
    public required IReadOnlyList<ImportedJob> Jobs { get; init; }
}
