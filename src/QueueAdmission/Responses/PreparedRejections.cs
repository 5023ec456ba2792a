using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>The cache of the rejections of one queue.</summary>
/// <remarks>
/// The cache is small: it has one entry for each reason and each number of seconds up to
/// <see cref="JobQueueOptions.MaxRetryAfter"/>. The entries of the first minute, which is the whole range by default,
/// are in an array. Under overload every rejection reads the cache. Hashing the key of a dictionary would cost more
/// than the rest of the look-up.
/// </remarks>
internal sealed class PreparedRejections(JobQueue queue, ILogger logger)
{
    private volatile AnswersByStatus _answers = new(0);
    private volatile Registration _problemDetailsService;

    private enum Registration
    {
        Unknown,
        Absent,
        Possible,
    }

    /// <summary>Reports that <c>OnRejected</c> threw.</summary>
    public AnswerFailures HookFailures { get; } =
        new(queue, logger, nameof(QueuedAdmissionOptions.OnRejected));

    /// <summary>Reports that a writer of the application threw.</summary>
    public AnswerFailures WriterFailures { get; } = new(queue, logger, nameof(IRejectionWriter));

    /// <summary>Reports that the application's <see cref="IProblemDetailsService"/> threw.</summary>
    public AnswerFailures ServiceFailures { get; } = new(queue, logger, nameof(IProblemDetailsService));

    public PreparedRejection Get(Rejection rejection, int statusCode)
    {
        var answers = _answers;
        if (answers.StatusCode != statusCode)
        {
            _answers = answers = new AnswersByStatus(statusCode);
        }
        var seconds = (int)((rejection.RetryAfter.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
        if (seconds >= AnswersByStatus.Seconds)
        {
            return answers.Later.GetOrAdd(
                (rejection.Reason, seconds),
                static (key, arguments) => Prepare(arguments.queue, key.Reason, key.Seconds, arguments.statusCode),
                (queue, statusCode));
        }
        // Two requests may store the same rejection at the same time. Both objects are valid, and one of them is kept.
        return answers.FirstMinute[((int)rejection.Reason * AnswersByStatus.Seconds) + seconds] ??=
            Prepare(queue, rejection.Reason, seconds, statusCode);
    }

    /// <summary>Whether the request's services may have an <see cref="IProblemDetailsService"/>.</summary>
    /// <remarks>
    /// Resolving the service creates a service scope, which costs more than the rest of the answer. The registrations
    /// of a container do not change, so they are checked only once.
    /// </remarks>
    public bool MayUseProblemDetailsService(HttpContext context)
    {
        if (_problemDetailsService == Registration.Unknown)
        {
            _problemDetailsService = IsAbsent(context) ? Registration.Absent : Registration.Possible;
        }
        return _problemDetailsService == Registration.Possible;
    }

    private static PreparedRejection Prepare(JobQueue queue, RejectionReason reason, int seconds, int statusCode) =>
        new(queue.Name, reason, seconds, statusCode, RejectionTexts.Default);

    // Some containers cannot tell. Then the service is resolved for every answer.
    private static bool IsAbsent(HttpContext context)
    {
        try
        {
            return context.RequestServices is not { } services
                || services.GetService<IServiceProviderIsService>() is { } known
                && !known.IsService(typeof(IProblemDetailsService));
        }
#pragma warning disable CA1031 // Asking for the service will fail as well, and is reported there.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    /// <summary>
    /// The rejections with one status. When the setting of the status has changed, a new object replaces this one.
    /// </summary>
    private sealed class AnswersByStatus(int statusCode)
    {
        public const int Seconds = 61;

        public int StatusCode => statusCode;

        public PreparedRejection?[] FirstMinute { get; } =
            new PreparedRejection?[(Enum.GetValues<RejectionReason>().Length + 1) * Seconds];

        public ConcurrentDictionary<(RejectionReason Reason, int Seconds), PreparedRejection> Later { get; } = new();
    }
}
