using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace WebDemo;

/// <summary>The page of the race, in the language that the browser asks for.</summary>
internal static class RacePage
{
    private const string English = "en";
    private const string Chinese = "zh-CN";

    private static readonly Dictionary<string, string> Pages = new()
    {
        [English] = Write(English),
        [Chinese] = Write(Chinese),
    };

    public static IResult Show(HttpContext context, string? lang)
    {
        var language = Choose(lang, context.Request);
        PageFiles.Protect(context.Response.Headers);
        context.Response.Headers.ContentLanguage = language;
        context.Response.Headers.Vary = HeaderNames.AcceptLanguage;
        return Results.Content(Pages[language], "text/html; charset=utf-8");
    }

    /// <summary>
    /// Returns the language in the address, or else the browser's preferred known language, or else English.
    /// </summary>
    private static string Choose(string? asked, HttpRequest request)
    {
        var preferred = request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.Value)
            .Prepend(asked);
        return preferred.Select(Find).FirstOrDefault(found => found is not null) ?? English;
    }

    private static string? Find(string? language) => language?.Split('-')[0].ToLowerInvariant() switch
    {
        "en" => English,
        "zh" => Chinese,
        _ => null,
    };

    private static string Write(string language)
    {
        var words = JsonSerializer.Deserialize<Dictionary<string, string>>(Read($"words.{language}.json"))!;
        // The serializer escapes what could end the script element.
        var json = JsonSerializer.Serialize(words);
        return Regex.Replace(Read("race.html"), @"\{\{([a-zA-Z-]+)\}\}", place => place.Groups[1].Value switch
        {
            "language" => language,
            "words" => json,
            var key => WebUtility.HtmlEncode(words[key]),
        });
    }

    private static string Read(string file)
    {
        using var stream = typeof(RacePage).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The resource {file} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
