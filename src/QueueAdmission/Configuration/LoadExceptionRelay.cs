using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>Tells all hosts that use a configuration source when the file of the source cannot be read.</summary>
/// <remarks>
/// A source has only one <see cref="FileConfigurationSource.OnLoadException"/> delegate, but may serve many hosts, one
/// after the other or at once. If each host chained its delegate to the former one, every disposed host would stay
/// alive. The relay therefore sets one delegate for all hosts. The last listener to be disposed removes the delegate.
/// </remarks>
internal sealed class LoadExceptionRelay
{
    private static readonly Lock Gate = new();
    private static readonly ConditionalWeakTable<FileConfigurationSource, LoadExceptionRelay> Relays = [];

    private readonly Action<FileLoadExceptionContext>? _former;
    private readonly Action<FileLoadExceptionContext> _own;

    // The array is replaced as a whole and never changed, because it is read without the lock.
    private volatile Listener[] _listeners = [];

    private LoadExceptionRelay(Action<FileLoadExceptionContext>? former) => (_former, _own) = (former, Tell);

    /// <summary>
    /// Calls <paramref name="action"/> whenever the file of <paramref name="source"/> cannot be read, until the result
    /// is disposed.
    /// </summary>
    public static IDisposable Listen(FileConfigurationSource source, Action<FileLoadExceptionContext> action)
    {
        var listener = new Listener(source, action);
        lock (Gate)
        {
            if (!Relays.TryGetValue(source, out var relay))
            {
                Relays.Add(source, relay = new LoadExceptionRelay(source.OnLoadException));
                source.OnLoadException = relay._own;
            }
            relay._listeners = [.. relay._listeners, listener];
        }
        return listener;
    }

    private void Tell(FileLoadExceptionContext context)
    {
        try
        {
            // The former delegate runs first, because it decides whether the exception is ignored.
            _former?.Invoke(context);
        }
        finally
        {
            foreach (var listener in _listeners)
                listener.Action(context);
        }
    }

    private static void Remove(Listener listener)
    {
        lock (Gate)
        {
            if (!Relays.TryGetValue(listener.Source, out var relay))
                return;
            relay._listeners = [.. relay._listeners.Where(other => other != listener)];
            if (relay._listeners.Length > 0)
                return;
            Relays.Remove(listener.Source);
            // Other code may have replaced this delegate by one that calls it. This delegate then stays in the chain,
            // and only calls the former delegate.
            if (listener.Source.OnLoadException == relay._own)
                listener.Source.OnLoadException = relay._former;
        }
    }

    private sealed class Listener(FileConfigurationSource source, Action<FileLoadExceptionContext> action) : IDisposable
    {
        public FileConfigurationSource Source => source;

        public Action<FileLoadExceptionContext> Action => action;

        public void Dispose() => Remove(this);
    }
}
