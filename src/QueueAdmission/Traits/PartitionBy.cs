using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// The source of a request's key, by which a queue tells its callers apart. In configuration, the value is a text, for
/// example <c>"PartitionBy": "Header:X-Tenant"</c>.
/// </summary>
/// <remarks>
/// <para>As many callers take turns as the queue has <see cref="JobQueueOptions.Partitions"/>. If requests of more
/// callers wait, each further caller shares the turns of another caller, chosen by a hash of its key. Clients therefore
/// cannot make the queue grow by sending more keys.</para>
/// <para>All requests without a key count as one caller, for example requests without the header.</para>
/// <para>Keys are compared exactly. A key of more than 128 characters is kept as its SHA-256 hash.</para>
/// </remarks>
public sealed class PartitionBy
{
    internal const string Pattern =
        "^(RoundRobin|User|ClientIp|" + SourceText.HeaderPattern + "|Claim:.*\\S.*|Route:.*\\S.*)$";

    internal const string Allowed = "RoundRobin, User, ClientIp, Header:name, Claim:type, Route:name";

    private readonly string _text;
    private readonly Func<HttpContext, string?>? _key;
    private readonly Func<HttpContext, KeyShare>? _keyAndShare;

    private PartitionBy(
        string text, Func<HttpContext, string?>? key, Func<HttpContext, KeyShare>? keyAndShare = null) =>
        (_text, _key, _keyAndShare) = (text, key, keyAndShare);

    /// <summary>
    /// No key. The queue distributes its jobs over the partitions in turn. This is the default.
    /// </summary>
    public static PartitionBy RoundRobin { get; } = new(nameof(RoundRobin), null);

    /// <summary>
    /// The identifier of the signed-in user: the claim <see cref="System.Security.Claims.ClaimTypes.NameIdentifier"/>,
    /// or else the claim <c>sub</c>. Without a signed-in user, or with neither claim, the key is that of
    /// <see cref="ClientIp"/>.
    /// </summary>
    /// <remarks>
    /// <para>If the user has several identities, the first authenticated identity with such a claim counts. Equal
    /// identifiers of different issuers are different users.</para>
    /// <para>The queue must come after authentication. <c>WebApplication</c> adds authentication at the start of the
    /// pipeline. If the application calls <c>UseAuthentication</c>, this call must come before
    /// <c>UseQueuedAdmission</c>.</para>
    /// </remarks>
    public static PartitionBy User { get; } =
        new(nameof(User), static context => UserKey.Of(context) ?? ClientIpKey.Of(context));

    /// <summary>
    /// The address of the client, from <c>HttpContext.Connection.RemoteIpAddress</c>. All IPv6 addresses of one /64
    /// network count as one client, because one customer usually gets such a network. A request has no key if its
    /// connection has no address.
    /// </summary>
    /// <remarks>
    /// <para>An IPv6 address that contains the IPv4 address of the client counts as that IPv4 address. Such addresses
    /// are IPv4-mapped, NAT64, 6to4 and Teredo addresses. A link-local address counts as a whole, together with its
    /// link.</para>
    /// <para>Behind a proxy, the address is that of the proxy. To get the address of the client, call
    /// <c>UseForwardedHeaders</c> before <c>UseQueuedAdmission</c>, and let it trust the proxy.</para>
    /// </remarks>
    public static PartitionBy ClientIp { get; } = new(nameof(ClientIp), ClientIpKey.Of);

    /// <summary>
    /// The value of a request header. A request has no key if the header is missing, is empty, or occurs more than
    /// once.
    /// </summary>
    /// <remarks>
    /// Use only headers that your own gateway sets or checks, such as an API key. A client that can choose the value
    /// gets an additional turn with every new value. If it sends the value of another caller, it uses up the share of
    /// that caller.
    /// </remarks>
    /// <param name="name">The header's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or not the name of a header.</exception>
    public static PartitionBy Header(string name) =>
        new(SourceText.Header(name), context => RequestHeader.Single(context, name));

    /// <summary>
    /// The value of a claim of the user. A request without the claim has no key. The queue must come after
    /// authentication.
    /// </summary>
    /// <param name="type">The claim's type, for example <c>tenant</c>.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="type"/> is null or blank.</exception>
    public static PartitionBy Claim(string type) =>
        new(SourceText.Named(nameof(Claim), type), context => context.User.FindFirst(type)?.Value);

    /// <summary>
    /// The value of a route parameter, for example <c>tenant</c> in <c>/{tenant}/orders</c>. A request without the
    /// parameter has no key.
    /// </summary>
    /// <param name="name">The route parameter's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or blank.</exception>
    public static PartitionBy Route(string name) => new(
        SourceText.Named(nameof(Route), name),
        context => Convert.ToString(context.Request.RouteValues[name], CultureInfo.InvariantCulture));

    /// <summary>
    /// A method of the application that returns the key of a request. The method can get services from
    /// <c>HttpContext.RequestServices</c>.
    /// </summary>
    /// <remarks>
    /// <para>The method is called for each request before the request is queued, so it should be fast. If the method
    /// throws, the exception propagates through the pipeline, and the request takes no place in the queue.</para>
    /// <para>Configuration cannot name a method, but it can replace this value by another value.</para>
    /// </remarks>
    /// <param name="key">Returns the key of the caller. Null or empty means no key.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public static PartitionBy Custom(Func<HttpContext, string?> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(SourceText.InCode, key);
    }

    /// <summary>
    /// A method of the application that returns the key of a request together with the share of that key. With
    /// different shares, some callers get more of the workers than others.
    /// </summary>
    /// <remarks>
    /// The remarks for <see cref="Custom"/> also apply to this method. The share that is returned for the last request
    /// of a key counts for all requests of the key.
    /// </remarks>
    /// <param name="key">Returns the key of the caller and its share.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PartitionBy"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public static PartitionBy CustomWithShare(Func<HttpContext, KeyShare> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(SourceText.InCode, key: null, keyAndShare: key);
    }

    /// <summary>
    /// Returns the text of the value in configuration, or <c>code</c> for a method of the application.
    /// </summary>
    /// <returns>The text, for example <c>Header:X-Tenant</c>.</returns>
    public override string ToString() => _text;

    internal bool HasKeys => _key is not null || _keyAndShare is not null;

    internal string? KeyOf(HttpContext context) => KeyAndShareOf(context).Key;

    internal KeyShare KeyAndShareOf(HttpContext context)
    {
        if (_key is not null)
            return new KeyShare(LongKey.Shorten(_key(context)));
        if (_keyAndShare?.Invoke(context) is not { } key)
            return default;
        return new KeyShare(LongKey.Shorten(key.Key), key.Share);
    }

    /// <returns>The value, or null if the text is not allowed in configuration.</returns>
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
