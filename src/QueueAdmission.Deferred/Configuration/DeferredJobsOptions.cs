using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace QueueAdmission.Deferred;

/// <summary>The options that the methods of the builder set.</summary>
internal sealed class DeferredJobsOptions
{
    /// <summary>Whether payloads and results are stored without encryption.</summary>
    public bool IsUnprotected { get; set; }

    /// <summary>
    /// Actions that configure the Data Protection of payloads and results. They run after the defaults are set.
    /// </summary>
    public List<Action<IDataProtectionBuilder>> Protection { get; } = [];

    /// <summary>The headers that are stored with every request, in addition to the default ones.</summary>
    public HashSet<string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Decides before each attempt whether the caller is still allowed to do this. Null if no check is needed.
    /// </summary>
    public Func<HttpContext, ValueTask<bool>>? Authorize { get; set; }

    /// <summary>Returns the current options of <c>AddRequestTimeouts</c>, which also apply to attempts.</summary>
    public Func<RequestTimeoutOptions> Timeouts { get; set; } = static () => new RequestTimeoutOptions();
}
