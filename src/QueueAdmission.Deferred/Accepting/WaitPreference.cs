using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission.Deferred;

/// <summary>How long a request waits for the outcome of its job, and what the answer states about this wait.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Time">How long the request waits. Zero if it gets its 202 at once.</param>
/// <param name="AppliedWait">
/// The wait that the client asked for, reduced to the maximum. Null if the client did not specify one.
/// </param>
/// <param name="RespondsAsync">Whether the client asked for a 202.</param>
/// <param name="DependsOnClient">Whether the answer of the endpoint depends on the preferences of the client.</param>
internal sealed record WaitPreference(
    string Queue, TimeSpan Time, TimeSpan? AppliedWait, bool RespondsAsync, bool DependsOnClient)
{
    /// <returns>The preference, or null if the request gets its 202 at once in any case.</returns>
    public static WaitPreference? Of(HttpContext context, JobQueue queue, DeferTerms terms, bool wasRejected)
    {
        if (terms.When == DeferWhen.Always || wasRejected)
        {
            return null;
        }
        var max = queue.GetSetting(DeferredSettings.MaxPreferWait);
        var dependsOnClient = terms.When == DeferWhen.Preferred;
        var asked = dependsOnClient
            ? Preferences.Read(context.Request.Headers[Preferences.Header])
            : default;
        var wait = asked.Wait is { } time ? (time < max ? time : max) : (TimeSpan?)null;
        // Without respond-async, the client may not expect a 202. Such a request is stored only because of its key.
        var limit = wait ?? (asked.RespondAsync ? TimeSpan.Zero : max);
        return new WaitPreference(queue.Name, limit, wait, asked.RespondAsync, dependsOnClient);
    }

    /// <summary>Adds headers that state which preferences were applied.</summary>
    /// <param name="response">The response.</param>
    /// <param name="isAccepted">Whether the response is the 202.</param>
    public void ApplyTo(HttpResponse response, bool isAccepted)
    {
        if (!DependsOnClient)
        {
            return;
        }
        var headers = response.Headers;
        var varies = headers.Vary.Any(
            static value => value?.Contains(Preferences.Header, StringComparison.OrdinalIgnoreCase) ?? false);
        if (!varies)
        {
            headers.Append(HeaderNames.Vary, Preferences.Header);
        }
        if (Preferences.Applied(isAccepted && RespondsAsync, AppliedWait) is { } applied)
        {
            headers[Preferences.AppliedHeader] = applied;
        }
    }
}
