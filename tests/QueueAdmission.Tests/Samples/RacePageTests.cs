using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using WebDemo;

namespace QueueAdmission.Samples;

public class RacePageTests
{
    [Theory]
    [InlineData(null, "/", "en")]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "/", "zh-CN")]
    [InlineData("zh-TW", "/", "zh-CN")]
    [InlineData("en;q=0.5, zh;q=0.8", "/", "zh-CN")]
    [InlineData("fr, de;q=0.8", "/", "en")]
    [InlineData("zh-CN", "/?lang=en", "en")]
    [InlineData("en", "/?lang=zh-CN", "zh-CN")]
    [InlineData("en", "/?lang=%3Cscript%3E", "en")]
    public async Task Page_ByLanguage_SpeaksIt(string? accepted, string address, string language)
    {
        using var shop = DemoShop.Open([]);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (accepted is not null)
            request.Headers.Add("Accept-Language", accepted);

        using var answer = await shop.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"<html lang=\"{language}\">", page, StringComparison.Ordinal);
        Assert.Contains(
            language == "en" ? "<h1>Why not just let them in?</h1>" : "<h1>为什么不干脆都放进来？</h1>",
            WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Equal([language], answer.Content.Headers.ContentLanguage);
        Assert.Contains("Accept-Language", answer.Headers.Vary);
        Assert.Equal(MediaTypeHeaderValue.Parse("text/html; charset=utf-8"), answer.Content.Headers.ContentType);
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_InBothLanguages_HaveTheSameKeysAndValues()
    {
        var (english, chinese) = (Read("en"), Read("zh-CN"));

        Assert.Equal(english.Keys.Order(), chinese.Keys.Order());
        Assert.All(english, pair => Assert.Equal(Values(pair.Value), Values(chinese[pair.Key])));
    }

    [Fact]
    public void Words_AllOfThem_AreUsed()
    {
        var root = Path.Combine(Root(), "samples", "WebDemo");
        var uses = File.ReadAllText(Path.Combine(root, "Race", "Page", "race.html"))
            + File.ReadAllText(Path.Combine(root, "wwwroot", "race.js"));

        Assert.All(Read("en").Keys, key => Assert.True(
            uses.Contains($"{{{{{key}}}}}", StringComparison.Ordinal)
            || Regex.IsMatch(uses, $"\"{key}\"|\\b{key}\\b")
            || uses.Contains($"say(`{key.Split('-')[0]}-${{name}}`", StringComparison.Ordinal), key));
    }

    // Both "{n}" and "{n:one|many}" need the value n.
    private static IEnumerable<string> Values(string text) =>
        Regex.Matches(text, @"\{(\w+)").Select(match => match.Groups[1].Value).Distinct().Order();

    private static Dictionary<string, string> Read(string language)
    {
        using var stream = typeof(Race).Assembly.GetManifestResourceStream($"words.{language}.json");
        return JsonSerializer.Deserialize<Dictionary<string, string>>(stream!)!;
    }

    private static string Root() => typeof(RacePageTests).Assembly
        .GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
        .Cast<System.Reflection.AssemblyMetadataAttribute>()
        .Single(data => data.Key == "RepositoryRoot").Value!;
}
