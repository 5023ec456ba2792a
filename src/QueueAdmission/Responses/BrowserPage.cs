using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// The answer for browsers: a page that loads nothing else and, after a GET, reloads itself without a script.
/// </summary>
/// <remarks>
/// Only what differs between answers is kept with it. The style, which is most of the page, exists once.
/// </remarks>
internal sealed class BrowserPage
{
    private static readonly StringValues OwnStylesOnly = "default-src 'none'; style-src 'unsafe-inline'";

    private readonly Variant _reloading;
    private readonly Variant _sendingAgain;

    public BrowserPage(PreparedRejection rejection)
    {
        var (texts, time) = (rejection.Texts, rejection.Time);
        var queue = texts.PageQueue(HtmlEncoder.Default.Encode(rejection.QueueName), rejection.Reason.ToWireName());
        _reloading = new Variant(
            texts, rejection.Reason, texts.PageReloads(time), queue,
            refresh: $"<meta http-equiv=\"refresh\" content=\"{rejection.RetryAfterHeader}\">");
        _sendingAgain = new Variant(texts, rejection.Reason, texts.PageSendAgain(time), queue, refresh: "");
    }

    private static ReadOnlySpan<byte> Style => """

        <style>
        :root { color-scheme: light dark; }
        body { margin: 0; min-height: 100vh; min-height: 100svh; display: grid; place-items: center;
          font: 1.125rem/1.5 system-ui, sans-serif;
          background: light-dark(#f4f5f7, #16181d); color: light-dark(#1d2129, #e8eaee); }
        main { box-sizing: border-box; width: min(32rem, 100% - 2rem); margin: 1rem 0; padding: 2rem;
          border-radius: 1rem; background: light-dark(#fff, #22252c); box-shadow: 0 .25rem 1.5rem rgb(0 0 0 / .12); }
        h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; }
        small { color: light-dark(#5b6270, #a2a9b6); overflow-wrap: anywhere; }
        </style>
        </head>
        <body>
        <main>

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
        // Reloading sends the request again, which is harmless for a GET only.
        var variant = isHead || HttpMethods.IsGet(method) ? _reloading : _sendingAgain;

        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = variant.Head.Length + Style.Length + variant.Words.Length + End.Length;
        response.Headers.ContentSecurityPolicy = OwnStylesOnly;
        if (isHead)
        {
            return Task.CompletedTask;
        }
        var body = response.BodyWriter;
        body.Write(variant.Head);
        body.Write(Style);
        body.Write(variant.Words);
        body.Write(End);
        return BodyFlush.FlushAsync(body);
    }

    private sealed class Variant(
        RejectionTexts texts, RejectionReason reason, string advice, string queue, string refresh)
    {
        public byte[] Head { get; } = Encoding.UTF8.GetBytes($"""
            <!DOCTYPE html>
            <html lang="{texts.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>{texts.PageTitle}</title>
            {refresh}
            """);

        public byte[] Words { get; } = Encoding.UTF8.GetBytes($"""
            <h1>{texts.PageTitle}</h1>
            <p>{texts.PageCauseOf(reason)}</p><p>{advice}</p><small>{queue}</small>
            """);
    }
}
