using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>
/// Receives signals on one connection: by NOTIFY, or by polling the table if notifications do not arrive.
/// </summary>
/// <remarks>
/// In transaction mode, PgBouncer passes the server's connection to another client after each transaction, so
/// notifications never arrive. LISTEN succeeds nevertheless. A probe that is sent over another connection therefore
/// shows whether notifications arrive.
/// </remarks>
internal sealed class SignalListener(
    NpgsqlConnection connection,
    LeaseStatements statements,
    string cluster,
    Action<LeaseStoreSignal> onSignal,
    Func<bool> isOver)
{
    // Each poll is a query. Polling is frequent for a while after a signal, and less frequent otherwise.
    public static readonly TimeSpan BusyInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan QuietInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(2);
    // The probe may only have been late, so notifications are tried again after this time.
    private static readonly TimeSpan PollFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan WaitStep = TimeSpan.FromMilliseconds(250);

    private readonly string _channel = statements.ChannelOf(cluster);
    private readonly string _probe = $"?{Guid.NewGuid():N}";
    private bool _isAttached;
    private bool _isProbeHeard;

    /// <summary>Listens until the listener is stopped.</summary>
    /// <param name="sendProbe">Sends a text to a channel over another connection.</param>
    /// <param name="patience">The longest time to wait for the probe.</param>
    /// <returns>False if notifications do not arrive.</returns>
    public bool TryListen(Action<string, string> sendProbe, TimeSpan patience)
    {
        if (!_isAttached)
        {
            _isAttached = true;
            connection.Notification += (_, e) => OnNotification(e.Payload);
        }
        using (var command = new NpgsqlCommand($"LISTEN {_channel}", connection))
        {
            command.ExecuteNonQuery();
        }
        sendProbe(_channel, _probe);
        var sent = TimeProvider.System.GetTimestamp();
        while (!_isProbeHeard && !isOver())
        {
            if (TimeProvider.System.GetElapsedTime(sent) > patience)
            {
                return false;
            }
            connection.Wait(WaitStep);
        }
        onSignal(LeaseStoreSignal.Connected);
        while (!isOver())
        {
            connection.Wait(WaitStep);
        }
        return true;
    }

    /// <summary>Polls the table for some minutes, or until the listener is stopped.</summary>
    public void Poll(CancellationToken cancellationToken)
    {
        var seen = Look();
        var (began, lastSignal) = (TimeProvider.System.GetTimestamp(), (long?)null);
        onSignal(LeaseStoreSignal.Connected);
        while (!isOver() && TimeProvider.System.GetElapsedTime(began) < PollFor)
        {
            var isBusy = lastSignal is { } last && TimeProvider.System.GetElapsedTime(last) < BusyFor;
            cancellationToken.WaitHandle.WaitOne(isBusy ? BusyInterval : QuietInterval);
            var now = Look();
            foreach (var (queue, (signals, text)) in now)
            {
                var before = seen.TryGetValue(queue, out var known) ? known.Signals : 0;
                if (signals != before)
                {
                    lastSignal = TimeProvider.System.GetTimestamp();
                    // The table holds only the text of the last signal. If there were several, the text is unknown.
                    onSignal(new LeaseStoreSignal(queue, signals == before + 1 ? text : ""));
                }
            }
            seen = now;
        }
    }

    private void OnNotification(string payload)
    {
        if (payload.StartsWith('?'))
        {
            _isProbeHeard |= payload == _probe;
            return;
        }
        var space = payload.IndexOf(' ', StringComparison.Ordinal);
        onSignal(
            space < 0 ? LeaseStoreSignal.Connected : new LeaseStoreSignal(payload[..space], payload[(space + 1)..]));
    }

    private Dictionary<string, (long Signals, string Text)> Look()
    {
        using var command =
            new NpgsqlCommand(statements.Poll, connection) { Parameters = { new() { Value = cluster } } };
        using var rows = command.ExecuteReader();
        var found = new Dictionary<string, (long, string)>();
        while (rows.Read())
        {
            found[rows.GetString(0)] = (rows.GetInt64(1), rows.GetString(2));
        }
        return found;
    }
}
