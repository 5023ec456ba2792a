using System.Net;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Traits;

public sealed class ClientIpKeyTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff")]
    [InlineData("fe80::1%3", "fe80::1%3")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::5efe:192.0.2.1")]
    public void Of_TheSameClient_IsTheSame(string one, string other) => Assert.Equal(Of(one), Of(other));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("192.0.2.1", "193.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    [InlineData("::", "0.0.0.0")]
    [InlineData("c000:0201::", "192.0.2.1")]
    [InlineData("::1", "127.0.0.1")]
    [InlineData("::1", "0.0.0.1")]
    [InlineData("fe80::1%3", "fe80::2%3")]
    [InlineData("fe80::1%3", "fe80::1%4")]
    [InlineData("64:ff9b::192.0.2.1", "64:ff9b::192.0.2.2")]
    [InlineData("64:ff9b:1::192.0.2.1", "64:ff9b:1::192.0.2.2")]
    [InlineData("64:ff9b:1::192.0.2.1", "192.0.2.1")]
    [InlineData("64:ff9b:2::192.0.2.1", "192.0.2.1")]
    [InlineData("64:ff9b:0:0:1::192.0.2.1", "192.0.2.1")]
    [InlineData("2002:c000:201::1", "2002:c000:202::1")]
    [InlineData("2003:c000:201::1", "192.0.2.1")]
    [InlineData("2001:0:5ef5:79fd:0:fff:3fff:fdfe", "2001:0:5ef5:79fd:0:fff:3fff:fdfd")]
    [InlineData("2001:1:5ef5:79fd:0:fff:3fff:fdfe", "192.0.2.1")]
    public void Of_OtherClients_Differs(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    [Theory]
    // The form that dual-stack sockets report, and older forms.
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("::192.0.2.1")]
    [InlineData("::ffff:0:192.0.2.1")]
    // Addresses behind a NAT64 translator.
    [InlineData("64:ff9b::192.0.2.1")]
    // 6to4: the network of one IPv4 address. All its subnets and hosts count as this address.
    [InlineData("2002:c000:201::1")]
    [InlineData("2002:c000:201:ffff:1:2:3:4")]
    // Teredo: the address contains the client's address in inverted form. The server and the port do not matter.
    [InlineData("2001:0:5ef5:79fd:0:fff:3fff:fdfe")]
    [InlineData("2001:0:1:2:8000:1:3fff:fdfe")]
    public void Of_IPv6AddressThatStandsForAnIPv4Client_IsThatClient(string address) =>
        Assert.Equal(Of("192.0.2.1"), Of(address));

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

        // The size of a string: the object header, the length, five characters and the terminator.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, Times * 40);
    }

    private static string Of(string address) => ClientIpKey.Of(IPAddress.Parse(address));
}
