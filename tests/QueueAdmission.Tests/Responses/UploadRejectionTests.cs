using System.Net;
using System.Text.Json;

namespace QueueAdmission.Responses;

/// <summary>
/// Verifies that a client that uploads to a full queue receives the answer, although the server does not read the body.
/// </summary>
public sealed class UploadRejectionTests
{
    private const long Kilobyte = 1024;
    private const long Megabyte = 1024 * Kilobyte;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<long> Lengths => [0, Kilobyte, 5 * Megabyte, 100 * Megabyte];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Upload_HttpClientOverHttp1_SeesTheAnswer(long length)
    {
        await using var server = await RefusingServer.StartAsync();

        await AssertSeesTheAnswer(server.Http1, length);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Upload_HttpClientOverHttp2_SeesTheAnswer(long length)
    {
        await using var server = await RefusingServer.StartAsync();

        await AssertSeesTheAnswer(server.Http2, length);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Upload_CurlOverHttp1_SeesTheAnswer(long length)
    {
        await using var server = await RefusingServer.StartAsync();

        AssertIsTheAnswer(await Curl.PostAsync(server.Http1.BaseAddress!, length));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Upload_CurlOverHttp1ThatDoesNotAskFirst_SeesTheAnswer(long length)
    {
        await using var server = await RefusingServer.StartAsync();

        AssertIsTheAnswer(await Curl.PostAsync(server.Http1.BaseAddress!, length, "--header", "Expect:"));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Upload_CurlOverHttp2_SeesTheAnswer(long length)
    {
        var time = new ClockThatTells();
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server =
            await RefusingServer.StartAsync(time: time, after: _ => Task.FromResult(answered.TrySetResult()));

        if (length <= Kilobyte)
        {
            // A small body usually arrives together with its headers, and nothing has to be held. If they arrive
            // separately, curl may lose the answer. Accepting this avoids holding every small request of a rush.
            var answer = await Curl.PostAsync(server.Http2.BaseAddress!, length, "--http2-prior-knowledge");
            for (var again = 0; again < 2 && (answer.Status != "503" || answer.Body.Length == 0); again++)
                answer = await Curl.PostAsync(server.Http2.BaseAddress!, length, "--http2-prior-knowledge");
            AssertIsTheAnswer(answer);
            return;
        }
        // The stream is held until curl has ended, even on slow machines.
        AssertIsTheAnswer(await Curl.PostAsync(server.Http2.BaseAddress!, length, "--http2-prior-knowledge"));

        await Soon(time.Held);
        time.Advance(UnreadUpload.Moment);
        await Soon(answered.Task);
    }

    [Fact]
    public async Task Upload_UnreadOnHttp2_IsHeldAMomentAfterTheCompleteAnswer()
    {
        var time = new ClockThatTells();
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server =
            await RefusingServer.StartAsync(time: time, after: _ => Task.FromResult(answered.TrySetResult()));

        await AssertSeesTheAnswer(server.Http2, 5 * Megabyte);

        await Soon(time.Held);
        Assert.False(answered.Task.IsCompleted);
        time.Advance(UnreadUpload.Moment);
        await Soon(answered.Task);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Kilobyte)]
    public async Task Upload_ThatHasArrivedOnHttp2_IsNotHeld(long length)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RefusingServer.StartAsync(
            time: new ClockThatTells(), after: _ => Task.FromResult(answered.TrySetResult()));

        await AssertSeesTheAnswer(server.Http2, length);

        await Soon(answered.Task);
    }

    private static async Task AssertSeesTheAnswer(HttpClient client, long length)
    {
        using var content = new GeneratedContent(length);

        using var response = await client.PostAsync("/", content, Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("queue_full", await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static void AssertIsTheAnswer((string Status, string Body) answer)
    {
        Assert.Equal("503", answer.Status);
        Assert.Equal("queue_full", JsonDocument.Parse(answer.Body).RootElement.GetProperty("reason").GetString());
    }

    private static Task Soon(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
}
