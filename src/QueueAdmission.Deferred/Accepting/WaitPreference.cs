using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission.Deferred;

/// <summary>How long a request waits for the outcome of its job, and what the answer says of that.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Time">How long the request waits; zero if it gets its 202 at once.</param>
/// <param name="AppliedWait">The wait that the client asked for, within the limit; null if it named none.</param>
/// <param name="RespondsAsync">Whether the client asked for a 202.</param>
/// <param name="DependsOnClient">Whether the endpoint answers clients by what they prefer.</param>
internal sealed record WaitPreference(
    string Queue, TimeSpan Time, TimeSpan? AppliedWait, bool RespondsAsync, bool DependsOnClient)
{
    /// <returns>Null if the request gets its 202 at once in any case.</returns>
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
        // Without respond-async the client may not expect a 202. It is stored because of its key only.
        var limit = wait ?? (asked.RespondAsync ? TimeSpan.Zero : max);
        return new WaitPreference(queue.Name, limit, wait, asked.RespondAsync, dependsOnClient);
    }

    /// <summary>Says which preferences decided the answer.</summary>
    /// <param name="response">The response.</param>
    /// <param name="isAccepted">Whether it is the 202.</param>
    public void ApplyTo(HttpResponse response, bool isAccepted)
    {
        if (!DependsOnClient)
        {
            return;
        }
        var headers = response.Headers;
        if (!headers.Vary.Any(static value => value?.Contains(Preferences.Header, StringComparison.OrdinalIgnoreCase) ?? false))
        {
            headers.Append(HeaderNames.Vary, Preferences.Header);
        }
        if (Preferences.Applied(isAccepted && RespondsAsync, AppliedWait) is { } applied)
        {
            headers[Preferences.AppliedHeader] = applied;
        }
    }
}
