using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred.Accepting;

public sealed class StructuredStringTests
{
    [Theory]
    [InlineData("\"abc\"", "abc")]
    [InlineData("  \"abc\"  ", "abc")]
    [InlineData("\"\"", "")]
    [InlineData("\"a\\\"b\\\\c\"", "a\"b\\c")]
    [InlineData("\"a, b; c\"", "a, b; c")]
    [InlineData("\"abc\";v=1;*x;y=\"z;\";t=tok:/en", "abc")]
    [InlineData("\"abc\"; v=?1", "abc")]
    public void TryRead_Item_GivesItsString(string header, string expected)
    {
        Assert.True(StructuredString.TryRead(header, out var text));
        Assert.Equal(expected, text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("8e03978e-40d5-43e8-bc93-6894a57f9324")]
    [InlineData("'abc'")]
    [InlineData("\"abc")]
    [InlineData("abc\"")]
    [InlineData("\"")]
    [InlineData("\"abc\\\"")]
    [InlineData("\"a\\bc\"")]
    [InlineData("\"a\tc\"")]
    [InlineData("\"ä\"")]
    [InlineData("\"abc\" \"def\"")]
    [InlineData("\"abc\", \"def\"")]
    [InlineData("\"abc\"x")]
    [InlineData("\"abc\";")]
    [InlineData("\"abc\";V=1")]
    [InlineData("\"abc\";v=")]
    [InlineData("\"abc\";v=\"x")]
    [InlineData("123")]
    [InlineData(":YWJj:")]
    public void TryRead_AnythingElse_Fails(string header) => Assert.False(StructuredString.TryRead(header, out _));

    [Fact]
    public void TryRead_SeveralLines_Fails() =>
        Assert.False(StructuredString.TryRead(new StringValues(["\"abc\"", "\"abc\""]), out _));
}
