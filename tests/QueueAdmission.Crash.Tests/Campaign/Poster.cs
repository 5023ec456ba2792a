using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace QueueAdmission.Crash.Campaign;

/// <summary>Sends posts and records which of them were acknowledged.</summary>
/// <param name="flows">The number of posts that are sent concurrently.</param>
internal sealed class Poster(int flows)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, string> _acknowledged = [];
    private int _sent;
    private int _unanswered;
    private int _refused;

    /// <summary>The posts that were answered with 202: the text of each post by the id of its job.</summary>
    public IReadOnlyDictionary<string, string> Acknowledged => _acknowledged;

    public int Sent => Volatile.Read(ref _sent);

    /// <summary>
    /// The number of posts whose connection ended before the answer. Whether they were accepted is unknown.
    /// </summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>The number of answers with 503. A refused post is sent again.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Sends posts. Each post is repeated until it is answered with 202 or its connection ends.</summary>
    /// <param name="count">The number of posts.</param>
    /// <param name="client">
    /// Returns a client of an application that is running. Each attempt may use a different client.
    /// </param>
    public Task PostAsync(int count, Func<HttpClient> client)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, flows).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await PostOneAsync(client);
        }));
    }

    /// <summary>
    /// Requests the status of each acknowledged post. Returns the number of posts whose status does not lead to a
    /// response.
    /// </summary>
    public async Task<int> CountMissingJobsAsync(Func<HttpClient> client)
    {
        var missing = 0;
        await Parallel.ForEachAsync(
            _acknowledged.Keys,
            new ParallelOptions { MaxDegreeOfParallelism = flows },
            async (id, cancelled) =>
            {
                using var answer = await client().GetAsync($"/jobs/{id}", cancelled);
                if (answer.StatusCode != HttpStatusCode.SeeOther)
                    Interlocked.Increment(ref missing);
            });
        return missing;
    }

    /// <summary>Returns the number of acknowledged posts without a matching row.</summary>
    /// <param name="rows">The rows of the target table.</param>
    /// <param name="read">Reads the id of the job and the text from a row.</param>
    public int CountMissingRows<TReader>(TReader rows, Func<TReader, (string Job, string Text)> read)
        where TReader : DbDataReader
    {
        var missing = _acknowledged.ToDictionary();
        while (rows.Read())
        {
            var (job, text) = read(rows);
            if (missing.TryGetValue(job, out var posted) && posted == text)
                missing.Remove(job);
        }
        return missing.Count;
    }

    private async Task PostOneAsync(Func<HttpClient> client)
    {
        var text = $"Post {Interlocked.Increment(ref _sent)}";
        while (true)
        {
            try
            {
                using var answer = await client().PostAsJsonAsync("/posts", new { text });
                if (answer.StatusCode == HttpStatusCode.Accepted)
                {
                    var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
                    _acknowledged[body.GetProperty("id").GetString()!] = text;
                    return;
                }
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    throw new InvalidOperationException($"A post was answered with {answer.StatusCode}.");
                Interlocked.Increment(ref _refused);
            }
            catch (Exception exception) when (exception
                is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
                or SocketException or ObjectDisposedException)
            {
                // Nothing was sent, because the application is not running.
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref _unanswered);
                return;
            }
            await Task.Delay(Pause);
        }
    }
}
