using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Client;

/// <summary>Many viewers of the dashboard, in a process of their own.</summary>
internal static class ViewerProcess
{
    /// <param name="JoinedAfterMs">The time until all viewers had their first state, in milliseconds.</param>
    /// <param name="FirstBytes">The bytes until the end of the first state, on average.</param>
    /// <param name="BytesPerSecond">The bytes of one viewer in a second after that, on average.</param>
    internal readonly record struct Report(double JoinedAfterMs, double FirstBytes, double BytesPerSecond);

    private static readonly byte[] Request =
        Connection.RequestTo(DashboardPeer.Path, "Accept: text/event-stream\r\n");

    /// <summary>Starts the process, and returns its report when it has ended.</summary>
    public static async Task<Report> RunAsync(int port, int viewers, TimeSpan length)
    {
        using var process = ServerProcess.StartSelf("join", $"{port}", $"{viewers}", $"{length.TotalMilliseconds}");
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return line.Trim().Split(' ') is [var joined, var first, var later]
            ? new Report(Number(joined), Number(first), Number(later))
            : throw new InvalidOperationException("The viewers failed.");
    }

    /// <summary>The process: prints the three numbers of the report.</summary>
    /// <param name="args">The server's port, the number of viewers, and the milliseconds for which they look.</param>
    public static async Task JoinAsync(string[] args)
    {
        var (port, count) = (int.Parse(args[0], CultureInfo.InvariantCulture), int.Parse(args[1], CultureInfo.InvariantCulture));
        using var closing = new CancellationTokenSource(TimeSpan.FromMilliseconds(Number(args[2])));
        var start = Stopwatch.GetTimestamp();
        var seen = await Task.WhenAll(Enumerable.Range(0, count)
            .Select(number => Task.Run(() => LookAsync(port, number, start, closing.Token))));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{seen.Max(viewer => viewer.Joined.TotalMilliseconds)} {seen.Average(viewer => viewer.First)} {seen.Average(viewer => viewer.Later / viewer.Seconds)}"));
    }

    private static async Task<(TimeSpan Joined, long First, long Later, double Seconds)> LookAsync(
        int port, int number, long start, CancellationToken closing)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // All of 127.0.0.0/8 is this machine.
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, (byte)(1 + (number / 250)), (byte)(1 + (number % 250))]), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None);
        await socket.SendAsync(Request, CancellationToken.None);
        var buffer = new byte[16 * 1024];
        var (joined, first, later, last) = (TimeSpan.Zero, 0L, 0L, (byte)0);
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer, closing);
                if (read == 0 || (first == 0 && !buffer.AsSpan(9, 3).SequenceEqual("200"u8)))
                    throw new IOException("The stream was refused, or ended.");
                if (joined != TimeSpan.Zero)
                {
                    later += read;
                    continue;
                }
                first += read;
                // A state is a line of data with an empty line after it; chunks of the answer end with a line of their own.
                if (IsEndOfState(buffer.AsSpan(0, read), last))
                    joined = Stopwatch.GetElapsedTime(start);
                last = buffer[read - 1];
            }
        }
        catch (OperationCanceledException)
        {
            return joined == TimeSpan.Zero
                ? throw new IOException("A viewer saw nothing.")
                : (joined, first, later, (Stopwatch.GetElapsedTime(start) - joined).TotalSeconds);
        }
    }

    /// <summary>Whether the bytes contain the end of the JSON of all queues.</summary>
    private static bool IsEndOfState(ReadOnlySpan<byte> read, byte before) =>
        read.IndexOf("]}\n"u8) >= 0 || (before is (byte)'}' && read[0] == (byte)'\n');

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
