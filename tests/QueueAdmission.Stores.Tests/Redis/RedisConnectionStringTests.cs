using System.Security.Authentication;
using Microsoft.Extensions.Options;
using QueueAdmission.Redis;

namespace QueueAdmission.Stores.Redis;

public sealed class RedisConnectionStringTests
{
    [Fact]
    public void Parse_ManagedService_ReadsServerUserAndTls()
    {
        var settings = Parsed(
            "shop.redis.example.net:6380,user=shop,password=p=w==,ssl=True,abortConnect=False,defaultDatabase=2,"
            + "name=web,sslProtocols=Tls12|Tls13,channelPrefix=x:");

        Assert.Equal(new RedisEndpoint("shop.redis.example.net", 6380), Assert.Single(settings.Endpoints));
        Assert.Equal(("shop", "p=w=="), (settings.User, settings.Password));
        Assert.True(settings.UsesTls);
        Assert.Equal(2, settings.Database);
        Assert.Equal("web", settings.ClientName);
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, settings.TlsProtocols);
        Assert.Equal("x:", settings.ChannelPrefix);
    }

    [Theory]
    [InlineData("redis", "redis", 6379)]
    [InlineData("redis,ssl=true", "redis", 6380)]
    [InlineData("redis,serviceName=shop", "redis", 26379)]
    [InlineData("redis:7000", "redis", 7000)]
    [InlineData("[::1]:7000", "::1", 7000)]
    [InlineData("fe80::1", "fe80::1", 6379)]
    [InlineData("[fe80::1],ssl=yes", "fe80::1", 6380)]
    public void Parse_Endpoint_HasThePortOfTheKindOfServer(string text, string host, int port) =>
        Assert.Equal(new RedisEndpoint(host, port), Assert.Single(Parsed(text).Endpoints));

    [Fact]
    public void Parse_Sentinels_ReadsAll()
    {
        var settings = Parsed(" s1, s2:5000 ,s3,SERVICENAME=shop , allowAdmin=true, syncTimeout=9000, $CONFIG=");

        Assert.Equal("shop", settings.ServiceName);
        Assert.Equal(
            [new RedisEndpoint("s1", 26379), new RedisEndpoint("s2", 5000), new RedisEndpoint("s3", 26379)],
            settings.Endpoints);
        Assert.Equal("'shop' of the Sentinels s1:26379, s2:5000, s3:26379", settings.Target);
    }

    [Theory]
    [InlineData(null, "it is empty")]
    [InlineData("  ", "it is empty")]
    [InlineData("ssl=true", "it names no server")]
    [InlineData("redis://localhost:6379", "it is a URL")]
    [InlineData("localhost:port", "'localhost:port'")]
    [InlineData("localhost:0", "'localhost:0'")]
    [InlineData("localhost:65536", "'localhost:65536'")]
    [InlineData("[::1:6379", "'[::1:6379'")]
    [InlineData("localhost,ssl=maybe", "ssl is 'maybe'; allowed are true and false")]
    [InlineData("localhost,defaultDatabase=-1", "defaultDatabase is '-1'; allowed is a whole number from 0")]
    [InlineData("localhost,defaultDatabase=x", "defaultDatabase is 'x'")]
    [InlineData("localhost,sslProtocols=Old", "sslProtocols is 'Old'")]
    [InlineData("localhost,proxy=Twemproxy", "proxy is 'Twemproxy'; allowed is None")]
    [InlineData("localhost,tunnel=http:x", "tunnel is 'http:x'")]
    [InlineData("localhost,pasword=x", "the option 'pasword' is not known")]
    public void Store_ConnectionStringIsMalformed_NamesKeyValueAndWhatIsAllowed(string? text, string expected)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => RedisStores.Open(text!));

        Assert.Contains("UseRedis, connection string: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost,password=secret,secret2=x")]
    [InlineData("localhost,password=secret,ssl=secret2")]
    [InlineData("localhost,password=secret,sec:ret2:x")]
    [InlineData("localhost,password=secret,secret2:x")]
    public void Store_PasswordContainsAComma_NoPartOfItIsInTheMessage(string text)
    {
        if (RedisConnectionStringParser.Parse(text, out _) is null)
        {
            Assert.DoesNotContain(
                "ret2",
                Assert.Throws<OptionsValidationException>(() => RedisStores.Open(text)).ToString(),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Store_OptionsAreOutOfRange_NamesAll()
    {
        var options = new RedisLeaseStoreOptions { CallTimeout = TimeSpan.Zero, ConfirmingReplicas = -1 };

        var exception = Assert.Throws<OptionsValidationException>(() => RedisStores.Open("", options));

        Assert.Equal(3, exception.Failures.Count());
        Assert.Contains(
            "CallTimeout: it is 00:00:00; allowed is 00:00:00.050 to 00:00:10",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "ConfirmingReplicas: it is -1; allowed is 0 to 100", exception.Message, StringComparison.Ordinal);
    }

    private static RedisConnectionString Parsed(string text)
    {
        var settings = RedisConnectionStringParser.Parse(text, out var errors);
        Assert.Empty(errors);
        return settings!;
    }
}
