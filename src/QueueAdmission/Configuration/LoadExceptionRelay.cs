using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>Tells the hosts that use a configuration source that its file could not be read.</summary>
/// <remarks>
/// A source has one <see cref="FileConfigurationSource.OnLoadException"/> and may serve many hosts, one after the other
/// or at once. A chain with a link for each host would keep every disposed host alive. So a source gets one delegate
/// for all hosts, and the last host to end removes it.
/// </remarks>
internal sealed class LoadExceptionRelay
{
    private static readonly Lock Gate = new();
    private static readonly ConditionalWeakTable<FileConfigurationSource, LoadExceptionRelay> Relays = [];

    private readonly Action<FileLoadExceptionContext>? _former;
    private readonly Action<FileLoadExceptionContext> _own;

    // Replaced as a whole, because it is read without the lock.
    private volatile Listener[] _listeners = [];

    private LoadExceptionRelay(Action<FileLoadExceptionContext>? former) => (_former, _own) = (former, Tell);

    /// <summary>Calls the action whenever the source's file cannot be read, until the result is disposed.</summary>
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
            // First, because it decides whether the exception is ignored.
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
            // Another delegate may have been chained behind this one since. Then this one stays, and only passes on.
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
