using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace QueueAdmission.EndToEnd;

/// <summary>
/// Authenticates the user whose name is in the cookie <c>who</c>, in place of the authentication of a real application.
/// </summary>
internal sealed class SignInByCookie(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Cookie";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(Request.Cookies["who"] is { Length: > 0 } who
            ? AuthenticateResult.Success(
                new AuthenticationTicket(
                    new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, who)], Scheme.Name)), Scheme.Name))
            : AuthenticateResult.NoResult());
}
