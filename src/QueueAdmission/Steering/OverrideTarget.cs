namespace QueueAdmission;

/// <summary>A value that an operator may override for a while.</summary>
internal abstract class OverrideTarget
{
    /// <summary>The name of the value, as in configuration.</summary>
    public abstract string Name { get; }

    /// <summary>The values it takes, in words.</summary>
    public abstract string Allowed { get; }

    /// <summary>Whether the override is a layer of the settings of its queue.</summary>
    public virtual bool IsLayer => false;

    /// <summary>Whether a text is a value of the right kind. It says nothing about the range.</summary>
    public abstract bool Understands(string value);

    /// <summary>The value in force.</summary>
    public abstract string Read(RequestQueue queue);

    /// <summary>Puts another value in force.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The value is out of its range; nothing was changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The queue is in a state that does not allow it; nothing was changed.
    /// </exception>
    public abstract void Set(RequestQueue queue, string value);

    /// <summary>Ends the override: the value under it holds again. A value that was changed meanwhile stays.</summary>
    /// <exception cref="InvalidOperationException">
    /// The queue is in a state that does not allow it; nothing was changed.
    /// </exception>
    public abstract void End(QueueOverride ended);

    /// <summary>
    /// The value that applies when the override ends. The override exists already, or is about to be set.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="former">The override that there is; null if there is none.</param>
    public abstract string ReadUnderlying(RequestQueue queue, QueueOverride? former);

    /// <summary>Puts an override in force again that a change has ended, because that change is undone.</summary>
    public virtual void Reinstate(QueueOverride ended)
    {
        // The settings from before are put in force again, and a layer is part of them.
    }
}
