using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>The answers that one queue has given so far, ready to be given again.</summary>
/// <remarks>There are few: one for each reason and each number of seconds up to <see cref="JobQueueOptions.MaxRetryAfter"/>.</remarks>
internal sealed class RejectionAnswers(string queueName)
{
    private readonly ConcurrentDictionary<(RejectionReason Reason, int Seconds, int StatusCode), RejectionAnswer> _answers = new();
    private volatile Registration _problemDetailsService;

    private enum Registration
    {
        Unknown,
        Absent,
        Possible,
    }

    public RejectionAnswer Get(Rejection rejection, int statusCode)
    {
        var seconds = (int)Math.Ceiling(rejection.RetryAfter.TotalSeconds);
        var key = (rejection.Reason, seconds, statusCode);
        return _answers.TryGetValue(key, out var answer)
            ? answer
            : _answers.GetOrAdd(key, static (key, queueName) => new RejectionAnswer(queueName, key.Reason, key.Seconds, key.StatusCode), queueName);
    }

    /// <summary>Whether it is worth asking the request's services for an <see cref="IProblemDetailsService"/>.</summary>
    /// <remarks>Asking makes a service scope, which costs more than the whole rest of the answer; a container does not change, so one look is enough.</remarks>
    public bool MayUseProblemDetailsService(HttpContext context)
    {
        if (_problemDetailsService == Registration.Unknown)
            _problemDetailsService = IsAbsent(context.RequestServices) ? Registration.Absent : Registration.Possible;
        return _problemDetailsService == Registration.Possible;
    }

    // Foreign containers may not be able to tell; then it is asked for every time.
    private static bool IsAbsent(IServiceProvider? services) =>
        services is null || services.GetService<IServiceProviderIsService>() is { } known && !known.IsService(typeof(IProblemDetailsService));
}
