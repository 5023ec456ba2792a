using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>
/// Writes the state of a job as a page for browsers. The page loads no other resources, and reloads itself until the
/// job has ended.
/// </summary>
internal static class StatusPage
{
    public static Task WriteAsync(HttpResponse response, JobView job, int? refreshSeconds)
    {
        var refresh = refreshSeconds is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $"<meta http-equiv=\"refresh\" content=\"{seconds}\">")
            : "";
        var (title, text) = Describe(job);
        var page = $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>{{title}}</title>
            {{refresh}}
            <style>
            :root { color-scheme: light dark; }
            body { margin: 0; min-height: 100vh; min-height: 100svh; display: grid; place-items: center;
              font: 1.125rem/1.5 system-ui, sans-serif;
              background: light-dark(#f4f5f7, #16181d); color: light-dark(#1d2129, #e8eaee); }
            main { box-sizing: border-box; width: min(32rem, 100% - 2rem); margin: 1rem 0; padding: 2rem;
              border-radius: 1rem; background: light-dark(#fff, #22252c);
              box-shadow: 0 .25rem 1.5rem rgb(0 0 0 / .12); }
            h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; }
            small { color: light-dark(#5b6270, #a2a9b6); overflow-wrap: anywhere; }
            </style>
            </head>
            <body>
            <main>
            <h1>{{title}}</h1>
            <p>{{text}}</p><small>{{HtmlEncoder.Default.Encode(job.Id)}}</small>
            </main>
            </body>
            </html>

            """;
        var bytes = Encoding.UTF8.GetBytes(page);
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = bytes.Length;
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return response.Body.WriteAsync(bytes, response.HttpContext.RequestAborted).AsTask();
    }

    private static (string Title, string Text) Describe(JobView job) => job.State switch
    {
        "waiting" =>
            ("Your request is accepted",
                $"{Place(job.Ahead)} This page updates automatically. You don’t have to do anything."),
        "running" =>
            ("Your request is being carried out", "This page updates automatically. You don’t have to do anything."),
        "cancelled" => ("Your request was cancelled", "It was not carried out."),
        "done" => ("Your request was carried out", "The answer follows."),
        _ => ("Your request could not be carried out", "It is kept, and the operators of this service can see it."),
    };

    private static string Place(long? ahead) => ahead switch
    {
        null => "It will be carried out when its turn comes.",
        0 => "It is the next one.",
        1 => "There is 1 request in front of it.",
        _ => string.Create(CultureInfo.InvariantCulture, $"There are {ahead:N0} requests in front of it."),
    };
}
