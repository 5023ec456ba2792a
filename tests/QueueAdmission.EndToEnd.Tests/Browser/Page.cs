using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QueueAdmission.EndToEnd.Browser;

/// <summary>A page in the browser. Tests read its texts, press keys and click on elements.</summary>
internal sealed class Page
{
    private readonly DevTools _tools;
    private readonly string _session;

    private Page(DevTools tools, string session) => (_tools, _session) = (tools, session);

    /// <summary>The errors of the page: exceptions in its scripts, and violations of the security policy.</summary>
    public ConcurrentQueue<string> Complaints { get; } = [];

    public static async Task<Page> OpenAsync(DevTools tools, string session)
    {
        var page = new Page(tools, session);
        tools.Happened += page.Listen;
        foreach (var domain in (string[])["Page", "Runtime", "Log", "Network"])
            await page.SendAsync($"{domain}.enable");
        return page;
    }

    /// <summary>Navigates to an address, and waits until the page is loaded.</summary>
    /// <returns>The status code of the response with the document.</returns>
    public async Task<int> GoAsync(Uri address)
    {
        var status = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Watch(string? session, string name, JsonElement what)
        {
            if (session == _session
                && name == "Network.responseReceived"
                && what.GetProperty("type").GetString() == "Document")
            {
                status.TrySetResult(what.GetProperty("response").GetProperty("status").GetInt32());
            }
            if (session == _session && name == "Page.loadEventFired" && status.Task.IsCompleted)
                loaded.TrySetResult();
        }
        _tools.Happened += Watch;
        try
        {
            await SendAsync("Page.navigate", new() { ["url"] = address.ToString() });
            await loaded.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
            return await status.Task;
        }
        finally
        {
            _tools.Happened -= Watch;
        }
    }

    /// <summary>Evaluates an expression in the page. A promise is awaited.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        var answer = await SendAsync(
            "Runtime.evaluate",
            new()
            {
                ["expression"] = expression,
                ["awaitPromise"] = true,
                ["returnByValue"] = true,
                ["userGesture"] = true,
            });
        if (answer.TryGetProperty("exceptionDetails", out var exception))
            Assert.Fail($"{expression}: {exception.GetRawText()}");
        return answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Returns the text of the first element that matches a selector. Empty if no element matches.</summary>
    public async Task<string> TextAsync(string selector) =>
        (await EvaluateAsync($"document.querySelector({JsonSerializer.Serialize(selector)})?.innerText ?? ''"))
            .GetString()
            ?? "";

    public async Task ClickAsync(string selector)
    {
        var place = await EvaluateAsync($$"""
            (() => { const e = document.querySelector({{JsonSerializer.Serialize(selector)}});
              e.scrollIntoView({ block: "center" });
              const r = e.getBoundingClientRect(); return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()
            """);
        foreach (var kind in (string[])["mousePressed", "mouseReleased"])
        {
            await SendAsync("Input.dispatchMouseEvent", new()
            {
                ["type"] = kind,
                ["x"] = place.GetProperty("x").GetDouble(),
                ["y"] = place.GetProperty("y").GetDouble(),
                ["button"] = "left",
                ["clickCount"] = 1,
            });
        }
    }

    /// <summary>Presses a key on the focused element, for example <c>Tab</c> or <c>Enter</c>.</summary>
    public async Task PressAsync(string key, int code, string text = "")
    {
        foreach (var kind in (string[])["keyDown", "keyUp"])
            await SendAsync(
                "Input.dispatchKeyEvent",
                new()
                {
                    ["type"] = kind,
                    ["key"] = key,
                    ["code"] = key,
                    ["windowsVirtualKeyCode"] = code,
                    ["text"] = kind == "keyDown" ? text : "",
                });
    }

    public async Task LookAsync(int width, int height, bool dark)
    {
        await SendAsync(
            "Emulation.setDeviceMetricsOverride",
            new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await SendAsync("Emulation.setEmulatedMedia", new()
        {
            ["features"] = new JsonArray(
                new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
        });
    }

    public async Task<byte[]> ShootAsync()
    {
        var picture =
            await SendAsync("Page.captureScreenshot", new() { ["format"] = "png", ["captureBeyondViewport"] = false });
        return picture.GetProperty("data").GetBytesFromBase64();
    }

    private Task<JsonElement> SendAsync(string method, JsonObject? parameters = null) =>
        _tools.SendAsync(method, parameters, _session);

    private void Listen(string? session, string name, JsonElement what)
    {
        if (session != _session)
            return;
        if (name == "Runtime.exceptionThrown")
            Complaints.Enqueue(what.GetProperty("exceptionDetails").GetRawText());
        else if (name == "Log.entryAdded"
            && what.GetProperty("entry") is var entry
            && entry.GetProperty("source").GetString() is "security" or "violation" or "javascript")
        {
            Complaints.Enqueue(entry.GetProperty("text").GetString() ?? "");
        }
    }
}
