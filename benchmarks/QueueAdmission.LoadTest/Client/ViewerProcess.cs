using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Client;

/// <summary>Many viewers of the dashboard, in a separate process.</summary>
internal static class ViewerProcess
{
    /// <param name="Late">The number of viewers that had not received a complete state by the end.</param>
    /// <param name="JoinedAfterMs">
    /// The time in milliseconds until the last of the other viewers had received its first complete state.
    /// </param>
    /// <param name="FirstBytes">The mean number of bytes up to the end of the first state.</param>
    /// <param name="BytesPerSecond">
    /// The mean number of bytes per second that a viewer receives after its first state.
    /// </param>
    internal readonly record struct Report(double Late, double JoinedAfterMs, double FirstBytes, double BytesPerSecond);

    /// <summary>The end of the JSON with the state of all queues.</summary>
    private static ReadOnlySpan<byte> EndOfState => "]}\n"u8;

    /// <summary>Starts the process, waits until it has ended, and returns its report.</summary>
    public static async Task<Report> RunAsync(int port, string path, int viewers, TimeSpan length)
    {
        using var process = ServerProcess.StartSelf(
            "join", $"{port}", path, $"{viewers}", $"{length.TotalMilliseconds}");
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return line.Trim().Split(' ') is [var late, var joined, var first, var later]
            ? new Report(Number(late), Number(joined), Number(first), Number(later))
            : throw new InvalidOperationException("The viewers failed.");
    }

    /// <summary>The entry point of the process. Prints the numbers of the report.</summary>
    /// <param name="args">The server's port, the path, the number of viewers, and the duration in milliseconds.</param>
    public static async Task JoinAsync(string[] args)
    {
        var (port, count) = ((int)Number(args[0]), (int)Number(args[2]));
        var request = Connection.RequestTo(args[1], "Accept: text/event-stream\r\n");
        using var closing = new CancellationTokenSource(TimeSpan.FromMilliseconds(Number(args[3])));
        var start = Stopwatch.GetTimestamp();
        var seen = await Task.WhenAll(Enumerable.Range(0, count)
            .Select(number => Task.Run(() => LookAsync(port, request, number, start, closing.Token))));
        var missing = seen.Count(viewer => viewer.Joined is null);
        var last = seen.Max(viewer => viewer.Joined?.TotalMilliseconds ?? 0);
        var first = seen.Average(viewer => viewer.First);
        var later = seen.Average(viewer => viewer.Later / viewer.Seconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{missing} {last} {first} {later}"));
    }

    private static async Task<(TimeSpan? Joined, long First, long Later, double Seconds)> LookAsync(
        int port, byte[] request, int number, long start, CancellationToken closing)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Each viewer needs a separate address. All addresses in 127.0.0.0/8 belong to this machine.
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, (byte)(1 + (number / 250)), (byte)(1 + (number % 250))]), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None);
        await socket.SendAsync(request, CancellationToken.None);
        // The buffer starts with the last bytes of the previous read, because the end of a state may be split between
        // two reads.
        var buffer = new byte[EndOfState.Length + (16 * 1024)];
        TimeSpan? joined = null;
        var (first, later) = (0L, 0L);
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(EndOfState.Length), closing);
                if (read == 0 || (first == 0 && !buffer.AsSpan(EndOfState.Length + 9, 3).SequenceEqual("200"u8)))
                    throw new IOException("The stream was refused, or ended.");
                if (joined is not null)
                {
                    later += read;
                    continue;
                }
                first += read;
                if (buffer.AsSpan(0, EndOfState.Length + read).IndexOf(EndOfState) >= 0)
                    joined = Stopwatch.GetElapsedTime(start);
                buffer.AsSpan(read, EndOfState.Length).CopyTo(buffer);
            }
        }
        catch (OperationCanceledException)
        {
            var seconds = (Stopwatch.GetElapsedTime(start) - (joined ?? TimeSpan.Zero)).TotalSeconds;
            return (joined, first, later, seconds);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
