using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Whose request it is: what a queue goes by when it keeps its callers apart. In configuration it is a text, for example <c>"PartitionBy": "Header:X-Tenant"</c>.</summary>
/// <remarks>
/// <para>Every key has a few partitions of its own choosing out of a fixed number, so keys share memory and no client can make the queue grow. Requests
/// without a key, such as those that lack the header, are treated as one caller.</para>
/// <para>Keys are compared exactly. One of more than 128 characters is kept as its SHA-256 hash.</para>
/// </remarks>
public sealed class PartitionBy
{
    internal const string Allowed = "RoundRobin, User, ClientIp, Header:name, Claim:type, Route:name";

    private readonly string _text;
    private readonly Func<HttpContext, string?>? _key;

    private PartitionBy(string text, Func<HttpContext, string?>? key) => (_text, _key) = (text, key);

    /// <summary>Nobody's in particular: jobs are dealt out over the partitions in turn. The default.</summary>
    public static PartitionBy RoundRobin { get; } = new(nameof(RoundRobin), null);

    /// <summary>The signed-in user's: the claim <c>nameidentifier</c>, else <c>sub</c>. Without a user, or one of neither, as <see cref="ClientIp"/>.</summary>
    /// <remarks>
    /// <para>Of several identities it is the first that is authenticated and has such a claim. Equal names of different issuers are different users.</para>
    /// <para>The queue has to stand behind authentication. <c>WebApplication</c> puts that first by itself; with <c>UseAuthentication</c> of your own, call it
    /// before <c>UseQueuedAdmission</c>.</para>
    /// </remarks>
    public static PartitionBy User { get; } = new(nameof(User), static context => UserKey.Of(context) ?? ClientIpKey.Of(context));

    /// <summary>The client address's, as <c>HttpContext.Connection.RemoteIpAddress</c> has it; IPv6 by its /64 network, which is what one customer gets.</summary>
    /// <remarks>
    /// <para>An IPv6 address that stands for an IPv4 client counts as that IPv4 address: IPv4-mapped, NAT64, 6to4, Teredo. Link-local addresses count
    /// whole, with their link.</para>
    /// <para>Behind a proxy that is the proxy's, unless <c>UseForwardedHeaders</c> comes before and trusts it.</para>
    /// </remarks>
    public static PartitionBy ClientIp { get; } = new(nameof(ClientIp), ClientIpKey.Of);

    /// <summary>That of whoever a request header names. A request that has the header not at all, empty, or more than once, has no key.</summary>
    /// <remarks>
    /// Only for headers that your own gateway sets or checks, as an API key is: a client that may write anything there gets new lines with every new
    /// value, and somebody else's lines with theirs.
    /// </remarks>
    /// <param name="name">The header's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or not the name of a header.</exception>
    public static PartitionBy Header(string name) => new(SourceText.Header(name), context => RequestHeader.Single(context, name));

    /// <summary>That of whoever a claim of the user names. A request without it has no key. The queue has to stand behind authentication.</summary>
    /// <param name="type">The claim's type, for example <c>tenant</c>.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="type"/> is null or blank.</exception>
    public static PartitionBy Claim(string type) => new(SourceText.Named(nameof(Claim), type), context => context.User.FindFirst(type)?.Value);

    /// <summary>That of whoever a part of the route names, for example <c>tenant</c> in <c>/{tenant}/orders</c>. A request without it has no key.</summary>
    /// <param name="name">The route parameter's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or blank.</exception>
    public static PartitionBy Route(string name) =>
        new(SourceText.Named(nameof(Route), name), context => Convert.ToString(context.Request.RouteValues[name], CultureInfo.InvariantCulture));

    /// <summary>That of whoever your code says. Services are at hand in <c>HttpContext.RequestServices</c>.</summary>
    /// <remarks>
    /// Called once for each request before it is queued, so it should be quick. What it throws goes up the pipeline, and the request takes no place.
    /// Not from configuration, but configuration can replace it.
    /// </remarks>
    /// <param name="key">The caller's key; null or empty for none.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public static PartitionBy Key(Func<HttpContext, string?> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(SourceText.InCode, key);
    }

    /// <summary>As it is written in configuration; <c>code</c> for <see cref="Key"/>.</summary>
    /// <returns>For example <c>Header:X-Tenant</c>.</returns>
    public override string ToString() => _text;

    internal bool HasKeys => _key is not null;

    internal string? KeyOf(HttpContext context) => _key is null ? null : LongKey.Shorten(_key(context));

    /// <returns>Null if the text is none that configuration may have.</returns>
    internal static PartitionBy? Parse(string text) => SourceText.Split(text) switch
    {
        ("ROUNDROBIN", null) => RoundRobin,
        ("USER", null) => User,
        ("CLIENTIP", null) => ClientIp,
        ("HEADER", { } name) when RequestHeader.IsName(name) => Header(name),
        ("CLAIM", { Length: > 0 } type) => Claim(type),
        ("ROUTE", { Length: > 0 } name) => Route(name),
        _ => null,
    };
}
