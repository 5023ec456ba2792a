using System.Diagnostics;

namespace QueueAdmission.LoadTest.Client;

/// <summary>
/// A closed-loop load, which measures the throughput of a server. Each connection sends its next request as soon as the
/// previous one has been answered.
/// </summary>
internal static class ClosedLoop
{
    /// <returns>The number of answers per second. All of them had the expected status.</returns>
    public static async Task<double> RunAsync(
        int port, string path, int connections, TimeSpan length, int expectedStatus = 200)
    {
        var request = Connection.RequestTo(path);
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(AskAsync)));
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task<int> AskAsync()
        {
            using var connection = await Connection.OpenAsync(port);
            var answers = 0;
            for (; Stopwatch.GetElapsedTime(start) < length; answers++)
            {
                var status = await connection.GetAsync(request);
                if (status != expectedStatus)
                    throw new InvalidOperationException($"{path} answered {status} instead of {expectedStatus}.");
            }
            return answers;
        }
    }
}
