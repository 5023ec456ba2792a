using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace QueueAdmission.Deferred;

/// <summary>
/// Computes a hash of a caller's identity. A job is visible only to the caller from which it was accepted.
/// </summary>
internal static class CallerIdentity
{
    // Claims that differ between two tokens of the same caller.
    private static readonly HashSet<string> OfOneToken = new(StringComparer.Ordinal)
    {
        "exp", "iat", "nbf", "jti", "auth_time", "sid", "nonce", "at_hash", "c_hash", "amr", "acr", "azp", "rat", "uti",
        "aio", "rh",
        ClaimTypes.AuthenticationInstant, ClaimTypes.Expiration, ClaimTypes.AuthenticationMethod,
    };

    /// <summary>Returns the hash, or an empty array for an anonymous caller.</summary>
    public static byte[] HashOf(ClaimsPrincipal user)
    {
        var known = user.Identities.Where(static identity => identity.IsAuthenticated).ToList();
        if (known.Count == 0)
        {
            return [];
        }
        var identifier = known
            .Select(static identity => Find(identity, ClaimTypes.NameIdentifier) ?? Find(identity, "sub"))
            .FirstOrDefault(static claim => claim is not null)
            ?? known.Select(static identity => Find(identity, identity.NameClaimType))
                .FirstOrDefault(static claim => claim is not null);
        var text = identifier is not null
            ? Describe(identifier)
            : string.Join('\u0002', known.SelectMany(static identity => identity.Claims)
                .Where(static claim => !OfOneToken.Contains(claim.Type)).Select(Describe)
                .Order(StringComparer.Ordinal));
        return SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }

    private static Claim? Find(ClaimsIdentity identity, string type) =>
        identity.FindFirst(type) is { Value.Length: > 0 } claim ? claim : null;

    private static string Describe(Claim claim) => $"{claim.Type}\u0001{claim.Value}\u0001{claim.Issuer}";
}
