using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// The answer for browsers: a page that loads nothing else and, after a GET, reloads itself without a script.
/// </summary>
/// <remarks>
/// An instance keeps only the parts that differ between answers. The style, which is most of the page, exists once.
/// </remarks>
internal sealed class BrowserPage
{
    private static readonly StringValues OwnStylesOnly = "default-src 'none'; style-src 'unsafe-inline'";

    private readonly Variant _reloading;
    private readonly Variant _sendingAgain;

    /// <param name="rejection">The rejection. The page does not name its queue, because that name is for
    /// operators.</param>
    /// <param name="texts">The language of the page.</param>
    public BrowserPage(PreparedRejection rejection, RejectionTexts texts)
    {
        var time = texts.TimeOf(rejection.Seconds);
        Texts = texts;
        _reloading = new Variant(
            texts, rejection.Reason, texts.PageReloads(time),
            refresh: $"<meta http-equiv=\"refresh\" content=\"{rejection.RetryAfterHeader}\">");
        _sendingAgain = new Variant(texts, rejection.Reason, texts.PageSendAgain(time), refresh: "");
    }

    /// <summary>The language of the page.</summary>
    public RejectionTexts Texts { get; }

    private static ReadOnlySpan<byte> Style => """

        <style>
        :root { color-scheme: light dark; --refusal-background: light-dark(#f4f5f7, #16181d);
          --refusal-card: light-dark(#fff, #22252c); --refusal-text: light-dark(#1d2129, #e8eaee);
          --refusal-accent: var(--refusal-text); --refusal-font: system-ui, sans-serif; }
        body { margin: 0; min-height: 100vh; min-height: 100svh; display: grid; place-items: center;
          font: 1.125rem/1.5 var(--refusal-font); background: var(--refusal-background); color: var(--refusal-text); }
        main { box-sizing: border-box; width: min(32rem, 100% - 2rem); margin: 1rem 0; padding: 2rem;
          border-radius: 1rem; background: var(--refusal-card); box-shadow: 0 .25rem 1.5rem rgb(0 0 0 / .12); }
        h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; color: var(--refusal-accent); }
        p:last-child { margin-bottom: 0; }
        b { color: var(--refusal-accent); }

        """u8;

    private static ReadOnlySpan<byte> Middle => """

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

    /// <param name="context">The request.</param>
    /// <param name="style">The application's style, written after the built-in style.</param>
    public Task WriteAsync(HttpContext context, byte[] style)
    {
        var method = context.Request.Method;
        var isHead = HttpMethods.IsHead(method);
        // Reloading sends the request again, which is harmless for a GET only.
        var variant = isHead || HttpMethods.IsGet(method) ? _reloading : _sendingAgain;

        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength =
            variant.Head.Length + Style.Length + style.Length + Middle.Length + variant.Words.Length + End.Length;
        response.Headers.ContentSecurityPolicy = OwnStylesOnly;
        if (isHead)
        {
            return Task.CompletedTask;
        }
        var body = response.BodyWriter;
        body.Write(variant.Head);
        body.Write(Style);
        body.Write(style);
        body.Write(Middle);
        body.Write(variant.Words);
        body.Write(End);
        return BodyFlush.FlushAsync(body);
    }

    private sealed class Variant(RejectionTexts texts, RejectionReason reason, string advice, string refresh)
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
            <p>{texts.PageCauseOf(reason)}</p><p>{advice}</p>
            """);
    }
}
