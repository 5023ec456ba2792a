namespace QueueAdmission;

/// <summary>The application's settings for the rejections of all queues.</summary>
/// <param name="OnRejected">Called for rejections of queues that set no separate hook. Null if there is no
/// hook.</param>
/// <param name="Writers">Asked after the writers of the queue and before the built-in ones.</param>
internal sealed record RejectionHandling(
    Func<RejectionContext, ValueTask>? OnRejected, IReadOnlyList<IRejectionWriter> Writers)
{
    public static readonly RejectionHandling None = new(null, []);

    /// <summary>The application's style for the built-in page, in UTF-8.</summary>
    public byte[] PageStyle { get; init; } = [];

    /// <summary>Whether the application has writers for rejections of all queues.</summary>
    public bool HasWriters { get; } = Writers.Count > 0;

    /// <summary>Returns a copy of a list of writers.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="value"/> contains null.</exception>
    public static IReadOnlyList<IRejectionWriter> Checked(IReadOnlyList<IRejectionWriter> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Contains(null!)
            ? throw new ArgumentException("The list contains null.", nameof(value))
            : [.. value];
    }
}
