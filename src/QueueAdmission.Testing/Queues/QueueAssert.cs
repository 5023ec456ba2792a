using System.Globalization;
using System.Net;
using System.Text.Json;

namespace QueueAdmission.Testing;

/// <summary>
/// Assertions about admissions and refusals. A failed assertion throws, which works with every test framework.
/// </summary>
public static class QueueAssert
{
    /// <summary>Throws if the job was not admitted.</summary>
    /// <param name="lease">What the queue gave to the job.</param>
    /// <exception cref="QueueAssertionException">
    /// The queue refused the job. The message contains the reason.
    /// </exception>
    public static void Admitted(QueueLease lease)
    {
        if (!lease.IsAdmitted)
        {
            throw new QueueAssertionException(
                $"Expected an admitted job, found a refusal: {lease.Rejection?.Reason.ToString() ?? "none"}.");
        }
    }

    /// <summary>Throws if the queue did not refuse the job.</summary>
    /// <remarks>
    /// <code>
    /// using var lease = queue.TryEnter();
    /// var rejection = QueueAssert.Refused(lease, RejectionReason.QueueFull);
    /// Assert.InRange(rejection.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    /// </code>
    /// </remarks>
    /// <param name="lease">What the queue gave to the job.</param>
    /// <param name="reason">The expected reason. Default null: any reason.</param>
    /// <returns>The refusal.</returns>
    /// <exception cref="QueueAssertionException">The job was admitted, or refused for another reason.</exception>
    public static Rejection Refused(QueueLease lease, RejectionReason? reason = null) =>
        Check(lease.Rejection, reason, found: "an admitted job");

    /// <summary>Throws if the queue did not refuse the pushed job.</summary>
    /// <param name="outcome">The outcome of the job.</param>
    /// <param name="reason">The expected reason. Default null: any reason.</param>
    /// <returns>The refusal.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="outcome"/> is null.</exception>
    /// <exception cref="QueueAssertionException">The job was not refused, or for another reason.</exception>
    public static Rejection Refused(JobOutcome outcome, RejectionReason? reason = null)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return Check(outcome.Rejection, reason, found: $"a job with the outcome {outcome.Status}");
    }

    /// <summary>
    /// Throws if the response is not an answer to a refused request: an error with <c>Retry-After</c> in seconds, and a
    /// JSON body that contains the reason, as the built-in <c>application/problem+json</c> does.
    /// </summary>
    /// <remarks>
    /// A request that asks for HTML gets a page, which does not contain the reason in a readable form. The client of
    /// the test must therefore send no <c>Accept</c> header, which is the default of <see cref="HttpClient"/>.
    /// <code>
    /// using var full = queue.Fill();
    /// using var response = await client.GetAsync("/checkout");
    /// await QueueAssert.RefusedAsync(response, RejectionReason.QueueFull);
    /// </code>
    /// </remarks>
    /// <param name="response">The response.</param>
    /// <param name="reason">The expected reason. Default null: any reason.</param>
    /// <param name="status">The expected status. Default null: any status from 400.</param>
    /// <param name="cancellationToken">Ends reading the body.</param>
    /// <returns>The refusal. Its <see cref="Rejection.RetryAfter"/> is that of the header.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is null.</exception>
    /// <exception cref="QueueAssertionException">
    /// The response is not such an answer, or has another reason or status.
    /// </exception>
    public static async Task<Rejection> RefusedAsync(
        HttpResponseMessage response,
        RejectionReason? reason = null,
        HttpStatusCode? status = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"a response {(int)response.StatusCode} of {response.Content.Headers.ContentType?.MediaType ?? "no type"}");
        if ((int)response.StatusCode < 400 || (status is { } wanted && response.StatusCode != wanted))
        {
            var expected = status is { } code ? ((int)code).ToString(CultureInfo.InvariantCulture) : "400 or above";
            throw new QueueAssertionException($"Expected a refusal with the status {expected}, found {found}.");
        }
        if (response.Headers.RetryAfter?.Delta is not { } retryAfter)
        {
            throw new QueueAssertionException(
                $"Expected a refusal with Retry-After in seconds, found {found} without it.");
        }
        var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        return FindReason(body) is { } actual
            ? Check(new Rejection(actual, retryAfter), reason, found)
            : throw new QueueAssertionException(
                $"Expected a refusal with a reason in application/problem+json, found {found}.");
    }

    private static Rejection Check(Rejection? rejection, RejectionReason? reason, string found)
    {
        var expected = reason is { } named ? $"a refusal with {named}" : "a refusal";
        return rejection switch
        {
            null => throw new QueueAssertionException($"Expected {expected}, found {found}."),
            { } refused when reason is { } wanted && refused.Reason != wanted =>
                throw new QueueAssertionException($"Expected {expected}, found one with {refused.Reason}."),
            { } refused => refused,
        };
    }

    /// <summary>
    /// Returns the reason in a problem, or null if the text is not a problem or contains no known reason.
    /// </summary>
    private static RejectionReason? FindReason(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("reason", out var reason)
                || reason.ValueKind != JsonValueKind.String)
            {
                return null;
            }
            foreach (var known in Enum.GetValues<RejectionReason>())
            {
                if (reason.ValueEquals(known.ToWireName()))
                {
                    return known;
                }
            }
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
