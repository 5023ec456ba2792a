using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>The answers that one queue has given so far, ready to be given again.</summary>
/// <remarks>
/// There are few: one for each reason and each number of seconds up to <see cref="JobQueueOptions.MaxRetryAfter"/>. Those of the first minute, the default's
/// whole range, lie in an array: in a rush every refusal looks here, and hashing three numbers costs more than the rest of the look.
/// </remarks>
internal sealed class RejectionAnswers(string queueName)
{
    private volatile Shelf _shelf = new(0);
    private volatile Registration _problemDetailsService;

    private enum Registration
    {
        Unknown,
        Absent,
        Possible,
    }

    public RejectionAnswer Get(Rejection rejection, int statusCode)
    {
        var shelf = _shelf;
        if (shelf.StatusCode != statusCode)
            _shelf = shelf = new Shelf(statusCode);
        var seconds = (int)((rejection.RetryAfter.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
        if (seconds >= Shelf.Seconds)
            return shelf.Later.GetOrAdd((rejection.Reason, seconds), static (key, arguments) => new RejectionAnswer(arguments.queueName, key.Reason, key.Seconds, arguments.statusCode), (queueName, statusCode));
        // Two requests may write the same answer at once: both are right, and one of them stays.
        return shelf.FirstMinute[((int)rejection.Reason * Shelf.Seconds) + seconds] ??= new RejectionAnswer(queueName, rejection.Reason, seconds, statusCode);
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

    /// <summary>The answers with one status. Another status, by a live change, begins another shelf.</summary>
    private sealed class Shelf(int statusCode)
    {
        public const int Seconds = 61;

        public int StatusCode => statusCode;

        public RejectionAnswer?[] FirstMinute { get; } = new RejectionAnswer?[(Enum.GetValues<RejectionReason>().Length + 1) * Seconds];

        public ConcurrentDictionary<(RejectionReason Reason, int Seconds), RejectionAnswer> Later { get; } = new();
    }
}
