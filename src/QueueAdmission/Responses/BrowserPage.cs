using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>The refusal for people: a page in plain words that needs nothing from elsewhere and, after a GET, reloads itself without a script.</summary>
/// <remarks>Only what differs from answer to answer is kept with it; the rest of the page exists once.</remarks>
internal sealed class BrowserPage
{
    private static readonly StringValues OwnStylesOnly = "default-src 'none'; style-src 'unsafe-inline'";

    private readonly Variant _reloading;
    private readonly Variant _sendingAgain;

    public BrowserPage(RejectionAnswer answer)
    {
        var cause = answer.Reason switch
        {
            RejectionReason.Draining => "This service takes no new visitors at the moment.",
            var reason when CallersOwnFault.Is(reason) => "You, or somebody on your network, have sent more at once than one visitor may.",
            _ => "More people are here right now than we can serve at once.",
        };
        var queue = $"<small>Queue {HtmlEncoder.Default.Encode(answer.QueueName)}: {answer.Reason.ToWireName()}</small>";
        _reloading = new Variant(
            $"<meta http-equiv=\"refresh\" content=\"{answer.RetryAfter}\">",
            $"<p>{cause}</p><p>This page tries again by itself in about <b>{answer.InWords}</b>. You don’t have to do anything.</p>{queue}");
        _sendingAgain = new Variant(
            "",
            $"<p>{cause}</p><p>What you sent was <b>not carried out</b>. Please go back and send it again in about <b>{answer.InWords}</b>.</p>{queue}");
    }

    private static ReadOnlySpan<byte> Start => """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>Just a moment</title>

        """u8;

    private static ReadOnlySpan<byte> Style => """

        <style>
        :root { color-scheme: light dark; }
        body { margin: 0; min-height: 100vh; min-height: 100svh; display: grid; place-items: center; font: 1.125rem/1.5 system-ui, sans-serif;
          background: light-dark(#f4f5f7, #16181d); color: light-dark(#1d2129, #e8eaee); }
        main { box-sizing: border-box; width: min(32rem, 100% - 2rem); margin: 1rem 0; padding: 2rem; border-radius: 1rem;
          background: light-dark(#fff, #22252c); box-shadow: 0 .25rem 1.5rem rgb(0 0 0 / .12); }
        h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; }
        small { color: light-dark(#5b6270, #a2a9b6); overflow-wrap: anywhere; }
        </style>
        </head>
        <body>
        <main>
        <h1>Just a moment</h1>

        """u8;

    private static ReadOnlySpan<byte> End => """

        </main>
        </body>
        </html>

        """u8;

    public Task WriteAsync(HttpContext context)
    {
        var method = context.Request.Method;
        var isHead = HttpMethods.IsHead(method);
        // Reloading sends the request again, and that is harmless for a GET only.
        var variant = isHead || HttpMethods.IsGet(method) ? _reloading : _sendingAgain;

        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = Start.Length + variant.Head.Length + Style.Length + variant.Words.Length + End.Length;
        response.Headers.ContentSecurityPolicy = OwnStylesOnly;
        if (isHead)
            return Task.CompletedTask;
        var body = response.BodyWriter;
        body.Write(Start);
        body.Write(variant.Head);
        body.Write(Style);
        body.Write(variant.Words);
        body.Write(End);
        return BodyFlush.FlushAsync(body);
    }

    private sealed class Variant(string head, string words)
    {
        public byte[] Head { get; } = Encoding.UTF8.GetBytes(head);

        public byte[] Words { get; } = Encoding.UTF8.GetBytes(words);
    }
}
