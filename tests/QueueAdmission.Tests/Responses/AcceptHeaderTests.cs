using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Responses;

public sealed class AcceptHeaderTests
{
    private const string Chrome =
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
        + "application/signed-exchange;v=b3;q=0.7";

    [Theory]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("text/*", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/html", true)]
    [InlineData("TEXT/HTML", true)]
    [InlineData("text/html;level=1", true)]
    [InlineData("text/htmlx", false)]
    [InlineData(Chrome, true)]
    [InlineData("text/html, */*; q=0.01", true)]
    [InlineData("application/json, text/plain, */*", false)]
    [InlineData("application/json", false)]
    [InlineData("application/problem+json", false)]
    [InlineData("application/json, text/html", true)]
    [InlineData("application/json, text/html;q=0.9", false)]
    [InlineData("application/json;q=0.8, text/html;q=0.9", true)]
    [InlineData("application/json;q=0.1, application/problem+json, text/html;q=0.9", false)]
    [InlineData("text/html;q=0.5, */*", false)]
    [InlineData("text/html;q=0.5, */*, application/json;q=0.4", true)]
    [InlineData("text/html;q=0.5, application/*;q=0.9, */*;q=0.1", false)]
    [InlineData("text/html;q=0", false)]
    [InlineData("text/html;q=0.0, application/json;q=0", false)]
    [InlineData("text/html; Q=1", true)]
    [InlineData("text/html;q=abc", false)]
    [InlineData("text/html;q=NaN", false)]
    [InlineData("text/html;q=7", false)]
    [InlineData("text/html;q=-1", false)]
    [InlineData(",, ;q=1 ,text/html", true)]
    public void PrefersHtml_Header_IsReadAsTheClientMeantIt(string accept, bool html)
    {
        Assert.Equal(html, AcceptHeader.PrefersHtml(accept));
    }

    [Fact]
    public void PrefersHtml_NoHeader_IsFalse() => Assert.False(AcceptHeader.PrefersHtml(default));

    [Fact]
    public void PrefersHtml_SeveralLines_CountAsOneList()
    {
        Assert.True(AcceptHeader.PrefersHtml(new StringValues(["application/json;q=0.5", "text/html"])));
        Assert.False(AcceptHeader.PrefersHtml(new StringValues(["text/html;q=0.5", "application/json"])));
    }
}
