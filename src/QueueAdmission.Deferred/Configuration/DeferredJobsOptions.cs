using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace QueueAdmission.Deferred;

/// <summary>What the methods of the builder set.</summary>
internal sealed class DeferredJobsOptions
{
    /// <summary>Whether payloads and results are stored as they are.</summary>
    public bool IsUnprotected { get; set; }

    /// <summary>Configures the protection of payloads and results, after its defaults.</summary>
    public List<Action<IDataProtectionBuilder>> Protection { get; } = [];

    /// <summary>Headers that are stored with every request, in addition to the usual ones.</summary>
    public HashSet<string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Asked before each attempt whether the caller may still do this; null to not ask.</summary>
    public Func<HttpContext, ValueTask<bool>>? Authorize { get; set; }

    /// <summary>The options of <c>AddRequestTimeouts</c>, as they are now. They apply to attempts as well.</summary>
    public Func<RequestTimeoutOptions> Timeouts { get; set; } = static () => new RequestTimeoutOptions();
}
