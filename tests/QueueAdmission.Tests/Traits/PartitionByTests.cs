using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Traits;

public sealed class PartitionByTests
{
    [Theory]
    [InlineData("RoundRobin", "RoundRobin")]
    [InlineData(" roundrobin ", "RoundRobin")]
    [InlineData("user", "User")]
    [InlineData("clientIP", "ClientIp")]
    [InlineData("header:X-Tenant", "Header:X-Tenant")]
    [InlineData("Header: X-Tenant ", "Header:X-Tenant")]
    [InlineData("Claim:http://schemas.example/tenant", "Claim:http://schemas.example/tenant")]
    [InlineData("ROUTE:tenant", "Route:tenant")]
    public void Parse_AllowedText_IsShownAsItIsWritten(string text, string shown) =>
        Assert.Equal(shown, PartitionBy.Parse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Nobody")]
    [InlineData("User:x")]
    [InlineData("RoundRobin:")]
    [InlineData("Header")]
    [InlineData("Header:")]
    [InlineData("Header: ")]
    [InlineData("Header:X Tenant")]
    [InlineData("Header:X\nTenant")]
    [InlineData("Claim:")]
    [InlineData("Route: ")]
    [InlineData("Query:tenant")]
    [InlineData("code")]
    public void Parse_OtherText_IsNothing(string text) => Assert.Null(PartitionBy.Parse(text));

    [Fact]
    public void Make_WithoutAUsableName_Throws()
    {
        Assert.Throws<ArgumentException>("name", () => PartitionBy.Header("X Tenant"));
        Assert.Throws<ArgumentException>("name", () => PartitionBy.Header(null!));
        Assert.Throws<ArgumentException>("type", () => PartitionBy.Claim(" "));
        Assert.Throws<ArgumentException>("name", () => PartitionBy.Route(""));
        Assert.Throws<ArgumentNullException>("key", () => PartitionBy.Custom(null!));
    }

    [Fact]
    public void RoundRobin_AnyRequest_HasNoKey()
    {
        Assert.False(PartitionBy.RoundRobin.HasKeys);
        Assert.Null(PartitionBy.RoundRobin.KeyOf(From("192.0.2.1")));
    }

    [Fact]
    public void Header_InAnyCase_IsTheKey() =>
        Assert.Equal("acme", PartitionBy.Header("X-Tenant").KeyOf(With("x-tenant", "acme")));

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("acme", "acme")]
    [InlineData("acme", "victim")]
    public void Header_MissingEmptyOrSeveral_IsNoKey(params string[] values) =>
        Assert.Null(PartitionBy.Header("X-Tenant").KeyOf(With("X-Tenant", values)));

    [Fact]
    public void Key_LongText_IsKeptShortAndStillTellsCallersApart()
    {
        var by = PartitionBy.Header("X-Tenant");
        var common = new string('a', 30_000);

        var one = by.KeyOf(With("X-Tenant", common + "1"))!;
        var two = by.KeyOf(With("X-Tenant", common + "2"))!;

        Assert.Equal(one, by.KeyOf(With("X-Tenant", common + "1")));
        Assert.NotEqual(one, two);
        Assert.InRange(one.Length, 1, LongKey.MaxKept);
        Assert.Equal(
            new string('a', LongKey.MaxKept), by.KeyOf(With("X-Tenant", new string('a', LongKey.MaxKept))));
    }

    [Theory]
    [InlineData(ClaimTypes.NameIdentifier)]
    [InlineData("sub")]
    public void User_SignedIn_IsTheNameIdentifier(string claim) =>
        Assert.Equal("ada", PartitionBy.User.KeyOf(SignedIn(new Claim(claim, "ada"))));

    [Fact]
    public void User_NotSignedIn_IsTheClientsAddress()
    {
        var anonymous = From("192.0.2.1");
        anonymous.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "ada")]));

        Assert.Equal(PartitionBy.ClientIp.KeyOf(From("192.0.2.1")), PartitionBy.User.KeyOf(anonymous));
    }

    [Fact]
    public void User_SignedInWithoutIdentifier_IsTheClientsAddress()
    {
        var nameless = SignedIn(new Claim("colour", "red"));
        nameless.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");

        Assert.Equal(PartitionBy.ClientIp.KeyOf(From("192.0.2.1")), PartitionBy.User.KeyOf(nameless));
    }

    public static TheoryData<string, ClaimsIdentity[], string?> Identities => new()
    {
        { "anonymous first", [new(), User("ada")], "ada" },
        { "anonymous with a name first", [new([Name("eve")]), User("ada")], "ada" },
        { "authenticated without a name " +
            "first", [new([new Claim("colour", "red")], "Certificate"), User("ada")], "ada" },
        { "an empty name first", [User(""), User("ada")], "ada" },
        { "an empty name and a subject", [new([Name(""), new Claim("sub", "ada")], "test")], "ada" },
        { "two users: the principal's own", [User("ada"), User("bob")], "ada" },
        { "names that are not authenticated", [new([Name("eve")]), new([Name("ada")])], null },
        { "no name anywhere", [new([], "Certificate"), new([], "ApiKey")], null },
    };

    [Theory]
    [MemberData(nameof(Identities))]
    public void User_OfSeveralIdentities_IsTheFirstAuthenticatedOneWithAName(
        string what, ClaimsIdentity[] identities, string? key)
    {
        var context = From("192.0.2.1");
        context.User = new ClaimsPrincipal(identities);

        Assert.Equal((what, key ?? PartitionBy.ClientIp.KeyOf(context)), (what, PartitionBy.User.KeyOf(context)));
    }

    [Fact]
    public void User_WhosePrincipalChoosesAnotherIdentity_IsThatOne()
    {
        var context = new DefaultHttpContext { User = new LastIdentityFirst([User("ada"), User("bob")]) };

        Assert.Equal("bob", PartitionBy.User.KeyOf(context));
    }

    [Fact]
    public void User_OfTheSameNameByAnotherIssuer_IsAnotherUser()
    {
        var issuers = new[] { ClaimsIdentity.DefaultIssuer, "https://one.example", "https://two.example" };

        var keys = issuers.Select(
            issuer => PartitionBy.User.KeyOf(SignedIn(new Claim("sub", "1", ClaimValueTypes.String, issuer)))).ToList();

        Assert.Equal(3, keys.Distinct().Count());
        Assert.Equal("1", keys[0]);
        Assert.Equal(
            keys[1],
            PartitionBy.User.KeyOf(
                SignedIn(new Claim(ClaimTypes.NameIdentifier, "1", ClaimValueTypes.String, issuers[1]))));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void User_NamedLikeAnAddress_IsNotThatAddress(string address) =>
        Assert.NotEqual(
            PartitionBy.ClientIp.KeyOf(From(address)), PartitionBy.User.KeyOf(SignedIn(new Claim("sub", address))));

    [Fact]
    public void Claim_OfTheUser_IsTheKey()
    {
        Assert.Equal("acme", PartitionBy.Claim("tenant").KeyOf(SignedIn(new Claim("tenant", "acme"))));
        Assert.Null(PartitionBy.Claim("tenant").KeyOf(SignedIn(new Claim("colour", "red"))));
        Assert.Null(PartitionBy.Claim("tenant").KeyOf(new DefaultHttpContext()));
    }

    [Fact]
    public void Route_OfTheRequest_IsTheKey()
    {
        var context = new DefaultHttpContext();
        context.Request.RouteValues["tenant"] = "acme";
        context.Request.RouteValues["number"] = 7;

        Assert.Equal("acme", PartitionBy.Route("Tenant").KeyOf(context));
        Assert.Equal("7", PartitionBy.Route("number").KeyOf(context));
        Assert.Null(PartitionBy.Route("colour").KeyOf(context));
    }

    [Fact]
    public void CustomWithShare_ReturnsKeyAndShare()
    {
        var by = PartitionBy.CustomWithShare(context => new KeyShare(context.Request.Headers["X-Tenant"], share: 4));

        var key = by.KeyAndShareOf(With("X-Tenant", new string('a', 1_000)));

        Assert.Equal(
            (PartitionBy.Header("X-Tenant").KeyOf(With("X-Tenant", new string('a', 1_000))), 4), (key.Key, key.Share));
        Assert.True(by.HasKeys);
        Assert.Equal("code", by.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public void KeyShare_OutOfItsRange_IsAnErrorThatNamesTheKey(int share)
    {
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => new KeyShare("acme", share));

        Assert.Contains("acme", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("1,000", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_FromCode_IsWhatItSays()
    {
        Assert.Equal(
            "acme", PartitionBy.Custom(context => context.Request.Headers["X-Tenant"]).KeyOf(With("X-Tenant", "acme")));
        Assert.Null(PartitionBy.Custom(_ => "").KeyOf(new DefaultHttpContext()));
        Assert.Equal("code", PartitionBy.Custom(_ => null).ToString());
    }

    private static DefaultHttpContext With(string header, params string[] values)
    {
        var context = new DefaultHttpContext();
        if (values.Length > 0)
            context.Request.Headers[header] = values;
        return context;
    }

    private static DefaultHttpContext SignedIn(params Claim[] claims) =>
        new() { User = new ClaimsPrincipal(new ClaimsIdentity(claims, "test")) };

    private static Claim Name(string name) => new(ClaimTypes.NameIdentifier, name);

    private static ClaimsIdentity User(string name) => new([Name(name)], "test");

    private sealed class LastIdentityFirst(IEnumerable<ClaimsIdentity> identities) : ClaimsPrincipal(identities)
    {
        public override System.Security.Principal.IIdentity Identity => Identities.Last();
    }

    private static DefaultHttpContext From(string address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return context;
    }
}
