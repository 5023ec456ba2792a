namespace WebDemo;

internal static class PageFiles
{
    private const string OwnFilesOnly = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page and what belongs to it, out of wwwroot. It runs its own script and style and nothing else, and stands in nobody's frame.</summary>
    public static void UsePageFiles(this WebApplication app)
    {
        var files = new FileServerOptions();
        files.StaticFileOptions.OnPrepareResponse = static file =>
        {
            var headers = file.Context.Response.Headers;
            headers.ContentSecurityPolicy = OwnFilesOnly;
            headers.XContentTypeOptions = "nosniff";
            headers.CacheControl = "no-cache";
            headers["Referrer-Policy"] = "no-referrer";
        };
        app.UseFileServer(files);
    }
}
