using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Responses.Texts;

public sealed class RejectionTextsTests
{
    [Fact]
    public async Task Answers_InAnotherLanguage_KeepNoWordOfEnglish()
    {
        var rejection = InEcho(seconds: 12, statusCode: 503);

        var page = await BodyOf(context => rejection.PageIn(rejection.Texts).WriteAsync(context, []), "GET");
        var sentAgain = await BodyOf(context => rejection.PageIn(rejection.Texts).WriteAsync(context, []), "POST");
        var problem = await BodyOf(context => rejection.Problem.WriteAsync(context.Response, isHead: false), "GET");

        Assert.Contains("<html lang=\"x-echo\">", page, StringComparison.Ordinal);
        Assert.Equal(
            ["Ünverändert", "Ünverändert", "QueueFull?reload 12!"],
            Words(page));
        Assert.Equal(
            ["Ünverändert", "Ünverändert", "QueueFull?again 12!"],
            Words(sentAgain));
        Assert.Equal("QueueFull… 12", JsonDocument.Parse(problem).RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public void GrpcMessage_InAnotherLanguage_IsPercentEncoded()
    {
        var rejection = InEcho(seconds: 12, statusCode: 503);
        var context = new DefaultHttpContext();
        context.Request.ContentType = "application/grpc";

        rejection.Grpc.Write(context);

        Assert.Equal("QueueFull%E2%80%A6 12 (queue_full, queue q)", context.Response.Headers["grpc-message"]);
    }

    [Fact]
    public void Title_OfAStatusWithoutAPhrase_IsThatOfTheLanguage() =>
        Assert.Equal("Ohne", InEcho(seconds: 1, statusCode: 599).Title);

    [Fact]
    public void Chinese_EveryText_IsChineseAndHasEveryReason()
    {
        var texts = new ChineseTexts();
        var causes = Enum.GetValues<RejectionReason>().Select(texts.CauseOf).ToList();

        Assert.Equal(causes.Count, causes.Append(texts.CauseOf(default)).Distinct().Count() - 1);
        Assert.Equal(("7 秒", "99 秒", "2 分钟"), (texts.TimeOf(7), texts.TimeOf(99), texts.TimeOf(100)));
        Assert.All(
            [
                .. causes,
                .. Enum.GetValues<RejectionReason>().Select(texts.PageCauseOf),
                texts.PageTitle,
                texts.UnnamedStatus,
                texts.DetailOf(causes[0], texts.TimeOf(7)),
                texts.PageReloads(texts.TimeOf(7)).Replace("<b>", "").Replace("</b>", ""),
                texts.PageSendAgain(texts.TimeOf(7)).Replace("<b>", "").Replace("</b>", ""),
            ],
            text => Assert.DoesNotMatch("[A-Za-z]", text));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Try again (~ 100 s).", "Try again (~ 100 s).")]
    [InlineData("100 %", "100 %25")]
    [InlineData("a\nb\u007f", "a%0Ab%7F")]
    [InlineData("请", "%E8%AF%B7")]
    public void GrpcMessage_AnyText_IsEncodedAsGrpcWants(string text, string encoded) =>
        Assert.Equal(encoded, GrpcMessage.Encode(text));

    private static PreparedRejection InEcho(int seconds, int statusCode) =>
        new("q", RejectionReason.QueueFull, seconds, statusCode, new EchoTexts());

    /// <summary>Returns the texts between the tags, without the style sheet.</summary>
    private static string[] Words(string page)
    {
        var words = new StringBuilder();
        var (isTag, isStyle) = (false, false);
        for (var i = 0; i < page.Length; i++)
        {
            if (page.AsSpan(i).StartsWith("<style>"))
                isStyle = true;
            else if (page.AsSpan(i).StartsWith("</style>"))
                isStyle = false;
            isTag = page[i] == '<' || isTag;
            if (!isTag && !isStyle)
                words.Append(page[i]);
            if (page[i] == '>')
                isTag = false;
        }
        return words.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static async Task<string> BodyOf(Func<HttpContext, Task> write, string method)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body }, Request = { Method = method } };
        await write(context);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    /// <summary>A language that returns its inputs instead of sentences.</summary>
    private sealed class EchoTexts : RejectionTexts
    {
        public override string Language => "x-echo";

        public override string UnnamedStatus => "Ohne";

        public override string PageTitle => "Ünverändert";

        public override string TimeOf(int seconds) => $"{seconds}";

        public override string CauseOf(RejectionReason reason) => $"{reason}…";

        public override string DetailOf(string cause, string time) => $"{cause} {time}";

        public override string PageCauseOf(RejectionReason reason) => $"{reason}?";

        public override string PageReloads(string time) => $"reload {time}!";

        public override string PageSendAgain(string time) => $"again {time}!";
    }
}
