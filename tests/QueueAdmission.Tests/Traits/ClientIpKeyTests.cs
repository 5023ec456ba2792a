using System.Net;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Traits;

public sealed class ClientIpKeyTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff")]
    [InlineData("fe80::1%1", "fe80::2%2")]
    public void Of_TheSameClient_IsTheSame(string one, string other) => Assert.Equal(Of(one), Of(other));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("192.0.2.1", "193.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    [InlineData("::", "0.0.0.0")]
    [InlineData("c000:0201::", "192.0.2.1")]
    [InlineData("::1", "127.0.0.1")]
    public void Of_OtherClients_Differs(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    [Fact]
    public void Of_AConnectionWithoutAddress_IsNothing() => Assert.Null(ClientIpKey.Of(new DefaultHttpContext()));

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void Of_AnyAddress_AllocatesTheKeyAndNothingElse(string text)
    {
        const int Times = 1_000;
        var address = IPAddress.Parse(text);
        for (var i = 0; i < 200; i++)
            ClientIpKey.Of(address);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
            ClientIpKey.Of(address);

        // A string's header, its length, five characters and their end.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, Times * 40);
    }

    private static string Of(string address) => ClientIpKey.Of(IPAddress.Parse(address));
}
