using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Text.Json;

namespace QueueAdmission.Crash.Campaign;

/// <summary>Posts, and remembers what was acknowledged.</summary>
/// <param name="flows">How many posts are under way at once.</param>
internal sealed class Poster(int flows)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, string> _acknowledged = [];
    private int _sent;
    private int _unanswered;
    private int _refused;

    /// <summary>The posts that were answered with 202: the text of each, by the id of its job.</summary>
    public IReadOnlyDictionary<string, string> Acknowledged => _acknowledged;

    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Posts whose connection ended before the answer. It is not known whether they were accepted.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>How often a post was answered with 503. It was not accepted, and was sent again.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Sends posts, each of them until it has an answer or its connection ends.</summary>
    /// <param name="count">How many posts.</param>
    /// <param name="client">A client of an application that lives now. It may be another one for each attempt.</param>
    public Task PostAsync(int count, Func<HttpClient> client)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, flows).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await PostOneAsync(client);
        }));
    }

    /// <summary>Asks for the status of each acknowledged post. All have to lead to a response.</summary>
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

    /// <summary>Looks for the row of each acknowledged post.</summary>
    /// <param name="rows">The rows of the target table.</param>
    /// <param name="read">Reads the id of the job, and the text.</param>
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
            catch (Exception exception)
                when (exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } or ObjectDisposedException)
            {
                // Nothing was sent: the application does not live.
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
