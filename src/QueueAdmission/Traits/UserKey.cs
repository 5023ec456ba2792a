using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Converts the signed-in user to a key.</summary>
/// <remarks>
/// <para>A principal may have several identities, for example a certificate and a user, or an API key and an anonymous
/// identity. Authorization accepts the principal if any of its identities is authenticated. The key therefore comes
/// from the first authenticated identity that has an identifier of the user. The primary identity of the principal
/// comes before the others.</para>
/// <para>An identifier is unique only together with its issuer (OpenID Connect Core, 2): two issuers may both have a
/// user 1. The issuer is therefore part of the key, unless the application itself is the issuer.</para>
/// </remarks>
internal static class UserKey
{
    // The name of the claim in tokens. The claim has this name if the application does not map it to the framework's
    // name.
    private const string Subject = "sub";

    // A single low surrogate, which no text decoded from UTF-8 contains. The identifier of a user therefore never
    // equals the combination of another identifier and its issuer.
    private const char Divider = '\uDC05';

    /// <returns>The key, or null if no authenticated identity has an identifier of the user.</returns>
    public static string? Of(HttpContext context)
    {
        var user = context.User;
        if (Of(user.Identity) is { } primary)
        {
            return primary;
        }
        foreach (var identity in user.Identities)
        {
            if (Of(identity) is { } key)
            {
                return key;
            }
        }
        return null;
    }

    private static string? Of(System.Security.Principal.IIdentity? identity)
    {
        if (identity is not ClaimsIdentity { IsAuthenticated: true } user)
        {
            return null;
        }
        var name = Named(user.FindFirst(ClaimTypes.NameIdentifier)) ?? Named(user.FindFirst(Subject));
        return name is null ? null
            : name.Issuer == ClaimsIdentity.DefaultIssuer ? name.Value
            : string.Concat(name.Value, [Divider], name.Issuer);
    }

    /// <summary>
    /// Returns the key of a user as a readable text: the identifier, and the issuer if it is part of the key.
    /// </summary>
    public static string Show(string key) =>
        key.IndexOf(Divider, StringComparison.Ordinal) is > 0 and var end ? $"{key[..end]} ({key[(end + 1)..]})" : key;

    private static Claim? Named(Claim? claim) => string.IsNullOrEmpty(claim?.Value) ? null : claim;
}
