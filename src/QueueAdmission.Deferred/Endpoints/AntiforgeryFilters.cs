using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;

namespace QueueAdmission.Deferred;

/// <summary>The filters of MVC that check a token against forged requests.</summary>
internal static class AntiforgeryFilters
{
    /// <summary>
    /// A filter runs again when the job runs. The cookie of the token is missing there, and every job would end with
    /// 400. The middleware runs at acceptance only.
    /// </summary>
    public static IEnumerable<string> FindProblems(ControllerActionDescriptor? action)
    {
        // The last one decides.
        var filter = action?.FilterDescriptors.OrderBy(static filter => filter.Order)
            .ThenBy(static filter => filter.Scope)
            .Select(static filter => filter.Filter).LastOrDefault(static filter =>
                filter is ValidateAntiForgeryTokenAttribute
                    or AutoValidateAntiforgeryTokenAttribute or IgnoreAntiforgeryTokenAttribute);
        if (filter is ValidateAntiForgeryTokenAttribute or AutoValidateAntiforgeryTokenAttribute)
        {
            yield return $"The endpoint '{action!.DisplayName}' has [Defer] and [{filter.GetType().Name[..^"Attribute".Length]}], which would "
                + "check the token again when the job runs, without the cookie: write [RequireAntiforgeryToken] instead, and "
                + "app.UseAntiforgery() after app.UseQueuedAdmission().";
        }
    }
}
