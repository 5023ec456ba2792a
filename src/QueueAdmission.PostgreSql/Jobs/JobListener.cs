using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>
/// Learns of new jobs on one connection: by NOTIFY, or by polling if notifications do not arrive.
/// </summary>
/// <remarks>A probe shows whether notifications arrive, as in <see cref="SignalListener"/>.</remarks>
internal sealed class JobListener(NpgsqlConnection connection, JobCommands commands, Action onJobs, Func<bool> isOver)
{
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    // The probe may only have been late, so notifications are tried again after this time.
    private static readonly TimeSpan PollFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan WaitStep = TimeSpan.FromMilliseconds(250);

    private readonly string _probe = $"?{Guid.NewGuid():N}";
    private bool _isAttached;
    private bool _isProbeHeard;

    /// <summary>Listens until the listener is stopped.</summary>
    /// <param name="sendProbe">Sends a text to the channel over another connection.</param>
    /// <param name="patience">The longest time to wait for the probe.</param>
    /// <returns>False if notifications do not arrive.</returns>
    public bool TryListen(Action<string> sendProbe, TimeSpan patience)
    {
        if (!_isAttached)
        {
            _isAttached = true;
            connection.Notification += (_, e) => OnNotification(e.Payload);
        }
        using (var command = new NpgsqlCommand($"LISTEN {commands.Channel}", connection))
        {
            command.ExecuteNonQuery();
        }
        sendProbe(_probe);
        var sent = TimeProvider.System.GetTimestamp();
        while (!_isProbeHeard && !isOver())
        {
            if (TimeProvider.System.GetElapsedTime(sent) > patience)
            {
                return false;
            }
            connection.Wait(WaitStep);
        }
        // Jobs that were accepted before LISTEN caused no notification here.
        onJobs();
        while (!isOver())
        {
            connection.Wait(WaitStep);
        }
        return true;
    }

    /// <summary>Polls for some minutes, or until the listener is stopped.</summary>
    public void Poll(CancellationToken cancellationToken)
    {
        var seen = commands.Places(connection);
        var began = TimeProvider.System.GetTimestamp();
        onJobs();
        while (!isOver() && TimeProvider.System.GetElapsedTime(began) < PollFor)
        {
            cancellationToken.WaitHandle.WaitOne(PollInterval);
            var now = commands.Places(connection);
            if (now != seen)
            {
                seen = now;
                onJobs();
            }
        }
    }

    private void OnNotification(string payload)
    {
        if (payload.StartsWith('?'))
        {
            _isProbeHeard |= payload == _probe;
            return;
        }
        onJobs();
    }
}
