using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>Runs one attempt of a job, and decides how the job continues after it.</summary>
internal sealed class AttemptRunner
{
    private const string AttemptsExhausted = "attempts_exhausted";
    private const string EndpointGone = "endpoint_gone";
    private const int MaxReason = 500;
    private const string KeyMissing = "key_missing";

    private readonly JobStoreAccess _access;
    private readonly RouteTable _routes;
    private readonly RequestReplay _replay;
    private readonly DeferredMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public AttemptRunner(
        JobStoreAccess access,
        RouteTable routes,
        IHttpContextFactory contexts,
        DeferredJobsOptions options,
        DeferredMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        (_access, _routes, _metrics, _time, _logger) = (access, routes, metrics, time, logger);
        _replay = new RequestReplay(contexts, options, (exception, run) =>
            DeferredLog.CallbackFailed(logger, exception, JobId.ToText(run.Request.Id), run.Request.Route.ToString()));
    }

    /// <summary>Reads the request of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="end">The end of the attempt if the request cannot run, otherwise null.</param>
    /// <returns>The request and its endpoint, or null if the request cannot run.</returns>
    public (StoredRequest Request, Endpoint Endpoint)? Read(ClaimedJob job, out JobEnd? end)
    {
        end = null;
        StoredRequest request;
        try
        {
            request = RequestCodec.Read(_access.Protector!.UnprotectRequest(job.Payload));
            if (request.Id != job.Id)
            {
                throw new InvalidDataException("The stored request belongs to another job.");
            }
        }
        catch (Exception exception) when (exception is CryptographicException or InvalidDataException)
        {
            end = Dead(job, KeyMissing, exception);
            return null;
        }
        if (_routes.Find(request.Route) is { } endpoint)
        {
            return (request, endpoint);
        }
        end = Dead(job, EndpointGone, exception: null);
        return null;
    }

    /// <summary>
    /// Returns the end of a job that has used up its attempts without reporting an end. Its process was lost each time,
    /// or the maximum number of attempts has been lowered.
    /// </summary>
    /// <returns>The end, or null if the job has an attempt left.</returns>
    public JobEnd? EndIfExhausted(ClaimedJob job, JobQueue queue) =>
        job.Attempt > queue.GetSetting(DeferredSettings.MaxAttempts)
            ? Dead(job, AttemptsExhausted, exception: null)
            : null;

    /// <summary>Runs the handler on a worker.</summary>
    public async Task<JobEnd> RunAsync(
        ClaimedJob job, StoredRequest request, Endpoint endpoint, JobQueue queue, IQueueFeature worker,
        CancellationToken stopping)
    {
        var outcome = await _replay.RunAsync(new ReplayRun
        {
            Request = request,
            Endpoint = endpoint,
            Queue = queue.Name,
            Attempt = job.Attempt,
            Worker = worker,
            MaxResponseSize = queue.GetSetting(DeferredSettings.MaxResponseSize),
            Stopping = stopping,
            Time = _time,
        });
        return Judge(job, request, queue, outcome, stopping);
    }

    /// <summary>
    /// Returns the end that gives a job back, because its attempt could not start or was interrupted by the stop of the
    /// application. The attempt does not count.
    /// </summary>
    public JobEnd GiveBack(ClaimedJob job) => End(job, JobEndKind.GivenBack, reason: null);

    /// <summary>Returns the end of an attempt that failed outside of the handler.</summary>
    public JobEnd Fail(ClaimedJob job, JobQueue queue, Exception exception) =>
        RetryOrDie(job, queue, Describe(exception), exception, asked: null);

    private JobEnd Judge(
        ClaimedJob job, StoredRequest request, JobQueue queue, ReplayOutcome outcome, CancellationToken stopping)
    {
        switch (outcome.Failure)
        {
            // If binding refuses the request, it would refuse the request in every attempt.
            case BadHttpRequestException { StatusCode: >= 400 and < 500 } bad:
                return Done(job, request, new StoredResponse
                {
                    StatusCode = bad.StatusCode,
                    Headers = [],
                    Body = default,
                    Owner = CallerIdentity.HashOf(request.User),
                });
            case not null when stopping.IsCancellationRequested:
                return GiveBack(job);
            case not null when outcome.IsTimeout:
                return RetryOrDie(job, queue, "timeout", outcome.Failure, asked: null);
            case { } failure:
                return RetryOrDie(job, queue, Describe(failure), failure, asked: null);
        }
        var response = outcome.Response;
        if (outcome.IsAborted)
        {
            return RetryOrDie(job, queue, "aborted", exception: null, asked: null);
        }
        if (response.StatusCode >= 500)
        {
            var asked = Backoff.ReadRetryAfter(response.Headers, _time.GetUtcNow());
            return RetryOrDie(job, queue, $"status {response.StatusCode}", exception: null, asked);
        }
        return Done(job, request, new StoredResponse
        {
            StatusCode = response.StatusCode,
            ReasonPhrase = response.ReasonPhrase,
            Headers = StoredHeaders.OfResponse(response.Headers),
            Body = response.Body,
            IsBodyDropped = response.IsBodyDropped,
            Owner = CallerIdentity.HashOf(request.User),
        });
    }

    private JobEnd Done(ClaimedJob job, StoredRequest request, StoredResponse response)
    {
        _metrics.RecordLatency(job.Queue, _time.GetUtcNow() - job.AcceptedAt);
        var result = _access.Protector!.ProtectResponse(ResponseCodec.Write(request.Id, response));
        return End(job, JobEndKind.Done, reason: null, result: result);
    }

    private JobEnd RetryOrDie(ClaimedJob job, JobQueue queue, string reason, Exception? exception, TimeSpan? asked)
    {
        if (job.Attempt >= queue.GetSetting(DeferredSettings.MaxAttempts))
        {
            return Dead(job, reason, exception);
        }
        var delay = Backoff.After(
            job.Attempt,
            queue.GetSetting(DeferredSettings.RetryDelay),
            queue.GetSetting(DeferredSettings.MaxRetryDelay),
            asked,
            Random.Shared.NextDouble());
        DeferredLog.Retried(
            _logger, exception, job.Attempt, JobId.ToText(job.Id), job.Route, job.Queue, reason, delay.TotalSeconds);
        return End(job, JobEndKind.Retry, reason, delay: delay);
    }

    private JobEnd Dead(ClaimedJob job, string reason, Exception? exception)
    {
        DeferredLog.Dead(_logger, exception, job.Attempt, JobId.ToText(job.Id), job.Route, job.Queue, reason);
        return End(job, JobEndKind.Dead, reason);
    }

    private JobEnd End(ClaimedJob job, JobEndKind kind, string? reason, byte[]? result = null, TimeSpan delay = default)
    {
        _metrics.CountAttempt(job.Queue, kind switch
        {
            JobEndKind.Done => "done",
            JobEndKind.Retry => "retry",
            JobEndKind.Dead => "dead",
            _ => "given_back",
        });
        return new JobEnd
        {
            Id = job.Id,
            Queue = job.Queue,
            Claim = job.Claim,
            Kind = kind,
            Result = result,
            Delay = delay,
            Reason = reason,
        };
    }

    // The text is shortened, because operators see it in lists.
    private static string Describe(Exception exception)
    {
        var text = $"{exception.GetType().Name}: {exception.Message}";
        return text.Length <= MaxReason ? text : text[..MaxReason];
    }
}
