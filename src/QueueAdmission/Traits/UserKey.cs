using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The signed-in user as a key.</summary>
/// <remarks>
/// <para>A principal may have several identities, for example a certificate and a user, or an API key and an anonymous
/// identity. Authorization accepts the principal if any of them is authenticated. So the key comes from the first
/// authenticated identity that names its user. The primary identity of the principal comes before the others.</para>
/// <para>A name is unique only together with its issuer (OpenID Connect Core, 2): two issuers may both have a user 1.
/// So the issuer is part of the key, unless the application itself is the issuer.</para>
/// </remarks>
internal static class UserKey
{
    // The name of the claim in tokens. It is used where the application does not map it to the framework's name.
    private const string Subject = "sub";

    // Half of a surrogate pair, which no text decoded from UTF-8 contains. So the name of a user never equals the
    // combination of another name and its issuer.
    private const char Divider = '\uDC05';

    /// <returns>Null if there is no authenticated identity that names its user.</returns>
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

    /// <summary>The key of a user for people: the name, and its issuer if that is part of the key.</summary>
    public static string Show(string key) =>
        key.IndexOf(Divider, StringComparison.Ordinal) is > 0 and var end ? $"{key[..end]} ({key[(end + 1)..]})" : key;

    private static Claim? Named(Claim? claim) => string.IsNullOrEmpty(claim?.Value) ? null : claim;
}
