using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QueueAdmission.EndToEnd.Browser;

/// <summary>
/// A client for the DevTools protocol of the browser. Commands and answers have numbers. Events arrive between them.
/// </summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _answers = new();
    private readonly CancellationTokenSource _end = new();
    private Task _reading = Task.CompletedTask;
    private int _number;

    /// <summary>Raised for every event of the browser, with the session, the name and the data of the event.</summary>
    public event Action<string?, string, JsonElement>? Happened;

    public static async Task<DevTools> ConnectAsync(Uri address)
    {
        var tools = new DevTools();
        await tools._socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    public async Task<JsonElement> SendAsync(string method, JsonObject? parameters = null, string? session = null)
    {
        var number = Interlocked.Increment(ref _number);
        var answer = _answers[number] = new TaskCompletionSource<JsonElement>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        var command = new JsonObject { ["id"] = number, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
            command["sessionId"] = session;
        await _sending.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            await _socket.SendAsync(
                JsonSerializer.SerializeToUtf8Bytes(command),
                WebSocketMessageType.Text,
                endOfMessage: true,
                TestContext.Current.CancellationToken);
        }
        finally
        {
            _sending.Release();
        }
        return await answer.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _sending.Dispose();
        _end.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        while (!_end.IsCancellationRequested)
        {
            var part = await _socket.ReceiveAsync(buffer, _end.Token);
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
                continue;
            using var document = JsonDocument.Parse(message.GetBuffer().AsMemory(0, (int)message.Length));
            Take(document.RootElement.Clone());
            message.SetLength(0);
        }
    }

    private void Take(JsonElement message)
    {
        if (!message.TryGetProperty("id", out var number))
        {
            Happened?.Invoke(
                message.TryGetProperty("sessionId", out var session) ? session.GetString() : null,
                message.GetProperty("method").GetString()!,
                message.GetProperty("params"));
        }
        else if (_answers.TryRemove(number.GetInt32(), out var answer))
        {
            if (message.TryGetProperty("error", out var error))
                answer.SetException(new InvalidOperationException(error.GetRawText()));
            else
                answer.SetResult(message.GetProperty("result"));
        }
    }
}
