namespace QueueAdmission.Doubles;

/// <summary>Sends requests with a header, for example a header that identifies the caller.</summary>
internal static class HeaderRequests
{
    public static Task<HttpResponseMessage> GetAsync(this TestApp app, string path, string tenant) =>
        app.GetAsync(path, ("X-Tenant", tenant));

    public static Task<Task<HttpResponseMessage>> GetAndWaitInLineAsync(
        this TestApp app, string path, JobQueue queue, string tenant) =>
        app.GetAndWaitInLineAsync(path, queue, ("X-Tenant", tenant));

    public static async Task<HttpResponseMessage> GetAsync(
        this TestApp app, string path, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(header.Name, header.Value);
        return await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a request that will wait, and returns when it waits in the queue.</summary>
    public static async Task<Task<HttpResponseMessage>> GetAndWaitInLineAsync(
        this TestApp app, string path, JobQueue queue, (string Name, string Value) header)
    {
        var waiting = queue.GetSnapshot().Waiting;
        var response = app.GetAsync(path, header);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == waiting + 1);
        return response;
    }
}
