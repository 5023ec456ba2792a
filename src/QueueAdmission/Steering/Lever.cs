namespace QueueAdmission;

/// <summary>What an operator may change for a while.</summary>
internal abstract class Lever
{
    /// <summary>Every lever there is.</summary>
    public static IReadOnlyList<Lever> All { get; } =
        [.. SettingLever.ForSettings(nameof(RequestQueueOptions.Workers), nameof(RequestQueueOptions.DryRun)), new PauseLever()];

    /// <summary>What it changes, as it is called in configuration.</summary>
    public abstract string Name { get; }

    /// <summary>The values it takes, in words.</summary>
    public abstract string Allowed { get; }

    /// <summary>The lever of that name, compared without case; null if there is none.</summary>
    public static Lever? Find(string name) => All.FirstOrDefault(lever => lever.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a text is a value of the right kind. It says nothing about the range.</summary>
    public abstract bool Understands(string value);

    /// <summary>The value in force.</summary>
    public abstract string Read(AdmissionQueue queue);

    /// <summary>Puts another value in force.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The value is out of its range; nothing was changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The queue is in a state that does not allow it; nothing was changed.
    /// </exception>
    public abstract void Set(AdmissionQueue queue, string value);

    /// <summary>
    /// What lies beneath holds again, unless somebody else has changed the value meanwhile: that is his.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The value does not go with other settings any more; nothing was changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The queue is in a state that does not allow it; nothing was changed.
    /// </exception>
    public virtual void Restore(AdmissionQueue queue, string value, string beneath)
    {
        if (Read(queue) == value)
            Set(queue, beneath);
    }

    /// <summary>Writes the value into settings that are about to be put in force.</summary>
    public virtual void Write(string value, RequestQueueOptions settings)
    {
    }

    /// <summary>What the settings say, where this lever is about a setting; null otherwise.</summary>
    public virtual string? ReadFrom(RequestQueueOptions settings) => null;
}
