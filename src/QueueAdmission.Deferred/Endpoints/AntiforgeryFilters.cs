using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;

namespace QueueAdmission.Deferred;

/// <summary>Detects filters of MVC that validate antiforgery tokens.</summary>
internal static class AntiforgeryFilters
{
    /// <summary>
    /// Reports the filter of an action that validates antiforgery tokens. Filters run again when the job runs. The
    /// cookie of the token is missing then, so every job would end with 400. The antiforgery middleware runs only when
    /// the request is accepted.
    /// </summary>
    public static IEnumerable<string> FindProblems(ControllerActionDescriptor? action)
    {
        // The last of these filters decides.
        var filter = action?.FilterDescriptors.OrderBy(static filter => filter.Order)
            .ThenBy(static filter => filter.Scope)
            .Select(static filter => filter.Filter).LastOrDefault(static filter =>
                filter is ValidateAntiForgeryTokenAttribute
                    or AutoValidateAntiforgeryTokenAttribute or IgnoreAntiforgeryTokenAttribute);
        if (filter is ValidateAntiForgeryTokenAttribute or AutoValidateAntiforgeryTokenAttribute)
        {
            yield return $"The endpoint '{action!.DisplayName}' has [Defer] and "
                + $"[{filter.GetType().Name[..^"Attribute".Length]}], which would check the token again when the job "
                + "runs, without the cookie: write [RequireAntiforgeryToken] instead, and app.UseAntiforgery() after "
                + "app.UseQueuedAdmission().";
        }
    }
}
