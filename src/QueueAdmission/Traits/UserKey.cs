using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Who the signed-in user is.</summary>
internal static class UserKey
{
    // What tokens call it, where their names are not mapped to the framework's.
    private const string Subject = "sub";

    /// <returns>Null if nobody is signed in, or nothing tells one user from another.</returns>
    public static string? Of(HttpContext context)
    {
        if (context.User.Identity is not ClaimsIdentity { IsAuthenticated: true } user)
            return null;
        var name = (user.FindFirst(ClaimTypes.NameIdentifier) ?? user.FindFirst(Subject))?.Value;
        return string.IsNullOrEmpty(name) ? null : name;
    }
}
