using Microsoft.Extensions.Options;
using QueueAdmission.PostgreSql;

namespace QueueAdmission.Stores.PostgreSql;

public sealed class PostgreSqlSettingsTests
{
    [Theory]
    [InlineData(null, "it is empty")]
    [InlineData(" ", "it is empty")]
    [InlineData("Database=shop", "it names no Host")]
    [InlineData("postgresql://localhost/shop", "it is a URL")]
    [InlineData("Host=db;Hots=x", "hots")]
    [InlineData("Host=db;Port=abc", "port")]
    [InlineData("Host", "it cannot be read")]
    public void Store_ConnectionStringIsMalformed_NamesIt(string? text, string expected)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => PostgreSqlStores.Open(text));

        Assert.Contains("UsePostgreSql, connection string: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Host=db;Password=secret;secret2=x")]
    [InlineData("Host=db;Password=secret;secret2")]
    [InlineData("Host=db;Port=secret2;Password=x")]
    public void Store_ConnectionStringIsMalformedAfterAPassword_NoPartOfItIsInTheMessage(string text) =>
        Assert.DoesNotContain(
            "secret2",
            Assert.Throws<OptionsValidationException>(() => PostgreSqlStores.Open(text)).ToString(),
            StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Store_OptionsAreOutOfRange_NamesAll()
    {
        var options = new PostgreSqlLeaseStoreOptions
        {
            CallTimeout = TimeSpan.FromMilliseconds(1500),
            Schema = "a; DROP TABLE x",
        };

        var exception = Assert.Throws<OptionsValidationException>(() => PostgreSqlStores.Open("", options));

        Assert.Equal(3, exception.Failures.Count());
        Assert.Contains(
            "CallTimeout: it is 00:00:01.5000000; allowed is 00:00:01 to 00:00:10",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains("Schema: it is 'a; DROP TABLE x'; allowed are", exception.Message, StringComparison.Ordinal);
    }
}
