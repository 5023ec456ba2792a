using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The key of a request: what identifies its caller in a queue that keeps callers apart.</summary>
/// <remarks>
/// <para>In configuration it is a text, for example <c>"PartitionBy": "Header:X-Tenant"</c>.</para>
/// <para>The queue assigns each key 8 of a fixed number of partitions. Keys share these, so no client can make the queue
/// grow. All requests without a key, such as those that lack the header, count as one caller.</para>
/// <para>Keys are compared exactly. A key of more than 128 characters is kept as its SHA-256 hash.</para>
/// </remarks>
public sealed class PartitionBy
{
    internal const string Allowed = "RoundRobin, User, ClientIp, Header:name, Claim:type, Route:name";

    private readonly string _text;
    private readonly Func<HttpContext, string?>? _key;

    private PartitionBy(string text, Func<HttpContext, string?>? key) => (_text, _key) = (text, key);

    /// <summary>No key: requests are distributed over the partitions in turn. The default.</summary>
    public static PartitionBy RoundRobin { get; } = new(nameof(RoundRobin), null);

    /// <summary>
    /// The signed-in user: the claim <c>nameidentifier</c>, else <c>sub</c>. Without a user or these claims, as
    /// <see cref="ClientIp"/>.
    /// </summary>
    /// <remarks>
    /// <para>Of several identities it is the first that is authenticated and has such a claim. Equal names of different
    /// issuers are different users.</para>
    /// <para>The queue has to be behind authentication. <c>WebApplication</c> puts authentication first, unless the
    /// application calls <c>UseAuthentication</c>: then call that before <c>UseQueuedAdmission</c>.</para>
    /// </remarks>
    public static PartitionBy User { get; } = new(nameof(User), static context => UserKey.Of(context) ?? ClientIpKey.Of(context));

    /// <summary>
    /// The client's address, <c>HttpContext.Connection.RemoteIpAddress</c>. An IPv6 address counts by its /64 network, which
    /// is what one customer gets.
    /// </summary>
    /// <remarks>
    /// <para>An IPv6 address that stands for an IPv4 client counts as that IPv4 address: IPv4-mapped, NAT64, 6to4, Teredo.
    /// Link-local addresses count whole, with their link.</para>
    /// <para>Behind a proxy it is the proxy's address, unless <c>UseForwardedHeaders</c> comes before and trusts the
    /// proxy.</para>
    /// </remarks>
    public static PartitionBy ClientIp { get; } = new(nameof(ClientIp), ClientIpKey.Of);

    /// <summary>A request header. Without it, or if it is empty or there several times, a request has no key.</summary>
    /// <remarks>
    /// Only for headers that your own gateway sets or checks, such as an API key. A client that may write anything there
    /// gets other partitions with each new value, and those of another caller with that caller's value.
    /// </remarks>
    /// <param name="name">The header's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or not the name of a header.</exception>
    public static PartitionBy Header(string name) =>
        new(SourceText.Header(name), context => RequestHeader.Single(context, name));

    /// <summary>
    /// A claim of the user. A request without it has no key. The queue has to be behind authentication.
    /// </summary>
    /// <param name="type">The claim's type, for example <c>tenant</c>.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="type"/> is null or blank.</exception>
    public static PartitionBy Claim(string type) =>
        new(SourceText.Named(nameof(Claim), type), context => context.User.FindFirst(type)?.Value);

    /// <summary>
    /// A route value, for example <c>tenant</c> in <c>/{tenant}/orders</c>. A request without it has no key.
    /// </summary>
    /// <param name="name">The route parameter's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or blank.</exception>
    public static PartitionBy Route(string name) => new(
        SourceText.Named(nameof(Route), name),
        context => Convert.ToString(context.Request.RouteValues[name], CultureInfo.InvariantCulture));

    /// <summary>A function of the application. Services are in <c>HttpContext.RequestServices</c>.</summary>
    /// <remarks>
    /// It is called once for each request before the request is queued, so it should be quick. What it throws goes up the
    /// pipeline, and the request takes no place. Configuration cannot name it, but can replace it.
    /// </remarks>
    /// <param name="key">Returns the key of the caller; null or empty for none.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public static PartitionBy Custom(Func<HttpContext, string?> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(SourceText.InCode, key);
    }

    /// <summary>The text in configuration; <c>code</c> for <see cref="Custom"/>.</summary>
    /// <returns>For example <c>Header:X-Tenant</c>.</returns>
    public override string ToString() => _text;

    internal bool HasKeys => _key is not null;

    internal string? KeyOf(HttpContext context) => _key is null ? null : LongKey.Shorten(_key(context));

    /// <returns>Null if the text is not allowed in configuration.</returns>
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
