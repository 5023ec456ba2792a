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
    private readonly AnswerFailures _hookFailures = new(nameof(QueuedAdmissionOptions.OnRejected));
    private readonly AnswerFailures _serviceFailures = new(nameof(IProblemDetailsService));

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
            _problemDetailsService = IsAbsent(context) ? Registration.Absent : Registration.Possible;
        return _problemDetailsService == Registration.Possible;
    }

    /// <summary>Reports that <see cref="QueuedAdmissionOptions.OnRejected"/> threw.</summary>
    public void ReportHookFailure(HttpContext context, AdmissionQueue queue, Exception exception) =>
        Report(_hookFailures, context, queue, exception);

    /// <summary>Reports that the application's <see cref="IProblemDetailsService"/> threw.</summary>
    public void ReportServiceFailure(HttpContext context, AdmissionQueue queue, Exception exception) =>
        Report(_serviceFailures, context, queue, exception);

    private static void Report(AnswerFailures failures, HttpContext context, AdmissionQueue queue, Exception exception)
    {
        // A client that has left makes writing fail. That is no fault of the code that wrote.
        if (!context.RequestAborted.IsCancellationRequested)
            failures.Report(queue, exception);
    }

    // Foreign containers may not be able to tell; then it is asked for every time.
    private static bool IsAbsent(HttpContext context)
    {
        try
        {
            return context.RequestServices is not { } services
                || services.GetService<IServiceProviderIsService>() is { } known
                && !known.IsService(typeof(IProblemDetailsService));
        }
        catch (Exception)
        {
            // Asking for the service will fail as well, and is reported there.
            return false;
        }
    }

    /// <summary>The answers with one status. Another status, by a live change, begins another shelf.</summary>
    private sealed class Shelf(int statusCode)
    {
        public const int Seconds = 61;

        public int StatusCode => statusCode;

        public RejectionAnswer?[] FirstMinute { get; } = new RejectionAnswer?[(Enum.GetValues<RejectionReason>().Length + 1) * Seconds];

        public ConcurrentDictionary<(RejectionReason Reason, int Seconds), RejectionAnswer> Later { get; } = new();
    }
}
