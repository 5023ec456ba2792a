using System.Security.Claims;

namespace QueueAdmission.Dashboard;

public class OperatorNameTests
{
    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("Zoë Ångström", "Zoë Ångström")]
    [InlineData("алиса 🦊", "алиса 🦊")]
    [InlineData("a\r\nb\tc\0d\u001b[31me\u007ff", "abcd[31mef")]
    [InlineData("a\u0085b\u009bc", "abc")]
    [InlineData("a\u2028b\u2029c", "abc")]
    [InlineData("a\u202eb\u2066c\u200fd", "abcd")]
    [InlineData("a\u200bb\u2060c\ufeffd\u00ade", "abcde")]
    [InlineData("  alice ", "alice")]
    public void Name_WithHiddenCharacters_IsLoggedWithoutThem(string name, string shown) =>
        Assert.Equal(shown, OperatorName.Of(Named(name)));

    [Theory]
    [InlineData("\ud800")]
    [InlineData("\udc00\ud800")]
    public void Name_WithHalfACharacter_IsWellFormed(string name) =>
        Assert.All(OperatorName.Of(Named(name)), letter => Assert.False(char.IsSurrogate(letter)));

    [Fact]
    public void Name_TooLong_IsCutBetweenCharacters()
    {
        var name = OperatorName.Of(Named(new string('x', OperatorName.MaxLength - 1) + "🦊🦊"));

        Assert.Equal(new string('x', OperatorName.MaxLength - 1), name);
    }

    [Fact]
    public void Name_LongAndHidden_KeepsWhatIsVisible() =>
        Assert.Equal(
            new string('x', OperatorName.MaxLength),
            OperatorName.Of(Named(new string('\u200b', 1_000) + new string('x', 1_000))));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \u200b ")]
    public void Name_MissingOrBlank_IsReplacedByTheIdentifier(string? name)
    {
        Assert.Equal("4711", OperatorName.Of(Named(name, new Claim("sub", "47\u000011"))));
        Assert.Equal("an operator without a name", OperatorName.Of(Named(name)));
    }

    private static ClaimsPrincipal Named(string? name, params Claim[] claims) =>
        new(
            new ClaimsIdentity(
                [.. claims, .. name is null ? Array.Empty<Claim>() : [new Claim(ClaimTypes.Name, name)]], "test"));
}
