using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace QueueAdmission.Testing;

public class QueueAssertTests
{
    private const string Problem = """{"status":503,"reason":"queue_full","queue":"default","retryAfterSeconds":7}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Lease_AdmittedOrRefused_IsToldApart()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1 });
        using var admitted = queue.TryEnter();
        using var refused = queue.TryEnter();

        QueueAssert.Admitted(admitted);
        Assert.Equal(refused.Rejection, QueueAssert.Refused(refused));
        Assert.Throws<QueueAssertionException>(() => QueueAssert.Admitted(refused));
        Assert.Throws<QueueAssertionException>(() => QueueAssert.Refused(admitted));
        var other = Assert.Throws<QueueAssertionException>(
            () => QueueAssert.Refused(refused, RejectionReason.Draining));
        Assert.Equal("Expected a refusal with Draining, found one with QueueFull.", other.Message);
    }

    [Fact]
    public async Task PushedJob_RanOrRefused_IsToldApart()
    {
        using var queue = new JobQueue(new JobQueueOptions());
        var ran = await queue.Push(_ => Task.CompletedTask, Stop);
        using var refusing = queue.RefuseAll(RejectionReason.Draining);
        var refused = await queue.Push(_ => Task.CompletedTask, Stop);

        QueueAssert.Refused(refused, RejectionReason.Draining);
        Assert.Throws<QueueAssertionException>(() => QueueAssert.Refused(ran));
    }

    [Fact]
    public async Task Response_Refusal_IsReturned()
    {
        using var response = Response(HttpStatusCode.ServiceUnavailable, Problem, retryAfter: 7);

        var rejection = await QueueAssert.RefusedAsync(
            response, RejectionReason.QueueFull, HttpStatusCode.ServiceUnavailable, Stop);

        Assert.Equal(new Rejection(RejectionReason.QueueFull, TimeSpan.FromSeconds(7)), rejection);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, Problem, 7, null, "status 400 or above, found a response 200")]
    [InlineData(HttpStatusCode.ServiceUnavailable, Problem, null, null, "Retry-After")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "<html>", 7, null, "application/problem+json")]
    [InlineData(HttpStatusCode.ServiceUnavailable, """{"reason":"too_hot"}""", 7, null, "application/problem+json")]
    [InlineData(HttpStatusCode.ServiceUnavailable, Problem, 7, RejectionReason.WaitTimeout, "found one with QueueFull")]
    public async Task Response_AnythingElse_Throws(
        HttpStatusCode status, string body, int? retryAfter, RejectionReason? reason, string message)
    {
        using var response = Response(status, body, retryAfter);

        var exception = await Assert.ThrowsAsync<QueueAssertionException>(
            () => QueueAssert.RefusedAsync(response, reason, cancellationToken: Stop));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Response_OtherStatus_Throws()
    {
        using var response = Response(HttpStatusCode.ServiceUnavailable, Problem, retryAfter: 7);

        await Assert.ThrowsAsync<QueueAssertionException>(() => QueueAssert.RefusedAsync(
            response, status: HttpStatusCode.TooManyRequests, cancellationToken: Stop));
    }

    private static HttpResponseMessage Response(HttpStatusCode status, string body, int? retryAfter)
    {
        var response = new HttpResponseMessage(status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/problem+json"),
        };
        if (retryAfter is { } seconds)
        {
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        }
        return response;
    }
}
