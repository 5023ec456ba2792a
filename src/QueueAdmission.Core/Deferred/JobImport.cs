namespace QueueAdmission;

/// <summary>Jobs of one source that are to be imported into the store.</summary>
public sealed class JobImport
{
    /// <summary>The <see cref="JobPosition.Source"/> of the jobs. At most 300 characters.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// The position that the store must have reached: all jobs of the source up to it must be in the store. -1 if the
    /// import begins at the start of the source.
    /// </summary>
    public required long After { get; init; }

    /// <summary>
    /// The position that the store has reached after the import. It may be above the position of the last job.
    /// </summary>
    public required long Last { get; init; }

    /// <summary>
    /// The jobs, in ascending order of position. All positions are above <see cref="After"/> and at most
    /// <see cref="Last"/>.
    /// </summary>
    public required IReadOnlyList<ImportedJob> Jobs { get; init; }
}
