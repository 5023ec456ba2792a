namespace QueueAdmission;

/// <summary>A value that an operator may override for a limited time.</summary>
internal abstract class OverrideTarget
{
    /// <summary>The name of the value, as in configuration.</summary>
    public abstract string Name { get; }

    /// <summary>The allowed values, in words.</summary>
    public abstract string Allowed { get; }

    /// <summary>
    /// Whether the override is a layer of the settings of its queue: values that take precedence over code and
    /// configuration.
    /// </summary>
    public virtual bool IsLayer => false;

    /// <summary>Whether a text can be parsed as a value. The range is not checked.</summary>
    public abstract bool Understands(string value);

    /// <summary>Returns the value in force.</summary>
    public abstract string Read(RequestQueue queue);

    /// <summary>Overrides the value.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The value is out of its range; nothing was changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The queue is in a state that does not allow it; nothing was changed.
    /// </exception>
    public abstract void Set(RequestQueue queue, string value);

    /// <summary>
    /// Ends the override. The underlying value applies again, unless the overridden value has been changed in the
    /// meantime.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The queue is in a state that does not allow it; nothing was changed.
    /// </exception>
    public abstract void End(QueueOverride ended);

    /// <summary>
    /// Returns the value that applies after an override has ended. The override exists already, or is about to be set.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="former">The existing override; null if there is none.</param>
    public abstract string ReadUnderlying(RequestQueue queue, QueueOverride? former);

    /// <summary>
    /// Restores an override that a change of the settings has ended, because that change is rolled back.
    /// </summary>
    public virtual void Reinstate(QueueOverride ended)
    {
        // The rollback restores the previous settings, and a layer is part of them.
    }
}
