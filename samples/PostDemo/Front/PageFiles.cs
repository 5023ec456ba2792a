namespace PostDemo;

internal static class PageFiles
{
    private const string OwnFilesOnly =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// Serves the page and its files from wwwroot. The page may use only its own scripts and styles, and no other page
    /// may frame it.
    /// </summary>
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
