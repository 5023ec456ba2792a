using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The signed-in user as a key.</summary>
/// <remarks>
/// <para>A principal may have several identities: an anonymous one and that of an API key, or a certificate and a user. Authorization lets it in if any
/// of them is authenticated. So the key is that of the first authenticated identity that names its user. The principal's own choice, its primary
/// identity, comes before the others.</para>
/// <para>A name is unique with its issuer only (OpenID Connect Core, 2): two issuers may both have a user 1. So the issuer is part of the key, unless the
/// application itself is the issuer.</para>
/// </remarks>
internal static class UserKey
{
    // What tokens call it, where their names are not mapped to the framework's.
    private const string Subject = "sub";

    // Half of a surrogate pair, which is in no text decoded from UTF-8. So no name can be taken for another name with its issuer.
    private const char Divider = '\uDC05';

    /// <returns>Null if no identity is authenticated, or none that is names its user.</returns>
    public static string? Of(HttpContext context)
    {
        var user = context.User;
        if (Of(user.Identity) is { } primary)
            return primary;
        foreach (var identity in user.Identities)
        {
            if (Of(identity) is { } key)
                return key;
        }
        return null;
    }

    private static string? Of(System.Security.Principal.IIdentity? identity)
    {
        if (identity is not ClaimsIdentity { IsAuthenticated: true } user)
            return null;
        var name = Named(user.FindFirst(ClaimTypes.NameIdentifier)) ?? Named(user.FindFirst(Subject));
        return name is null ? null
            : name.Issuer == ClaimsIdentity.DefaultIssuer ? name.Value
            : string.Concat(name.Value, [Divider], name.Issuer);
    }

    private static Claim? Named(Claim? claim) => string.IsNullOrEmpty(claim?.Value) ? null : claim;
}
