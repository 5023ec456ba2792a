using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>One file of the dashboard. The files are resources of the assembly.</summary>
internal sealed class PageFile
{
    private const string Prefix = "QueueAdmission.Dashboard.";

    /// <summary>The placeholder for the address of the page. All links of the page start with it.</summary>
    private const string BasePlaceholder = "{{base}}";

    private static readonly Lazy<FrozenDictionary<string, PageFile>> Files = new(() =>
        typeof(PageFile).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name => new PageFile(name), StringComparer.Ordinal));

    private readonly byte[] _content;
    private readonly string _contentType;
    private readonly string _tag;

    private PageFile(string resource)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream(resource)!;
        _content = new byte[stream.Length];
        stream.ReadExactly(_content);
        _tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(_content))[..16]}\"";
        _contentType = Path.GetExtension(resource) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/html; charset=utf-8",
        };
    }

    public static PageFile? Find(string name) =>
        name.EndsWith(".html", StringComparison.Ordinal) ? null : Files.Value.GetValueOrDefault(name);

    /// <summary>Answers with the page. All addresses in it begin with the address of the request.</summary>
    public static Task WritePageAsync(HttpContext context, string basePath)
    {
        var page = System.Text.Encoding.UTF8.GetString(Files.Value["index.html"]._content)
            .Replace(BasePlaceholder, HtmlEncoder.Default.Encode(basePath), StringComparison.Ordinal);
        SafeHeaders.SetForPage(context.Response);
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page, context.RequestAborted);
    }

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        SafeHeaders.SetForAsset(response);
        response.Headers.ETag = _tag;
        if (context.Request.Headers.IfNoneMatch == _tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = _contentType;
        response.ContentLength = _content.Length;
        await response.Body.WriteAsync(_content, context.RequestAborted);
    }
}
