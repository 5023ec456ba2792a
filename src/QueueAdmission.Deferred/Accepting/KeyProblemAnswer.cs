using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>
/// The answer to a request whose <c>Idempotency-Key</c> is missing, malformed, too short, or already used for a
/// different request.
/// </summary>
internal sealed class KeyProblemAnswer : AcceptAnswer
{
    private readonly int _status;
    private readonly string _title;
    private readonly string _detail;

    private KeyProblemAnswer(int status, string title, string detail) =>
        (_status, _title, _detail) = (status, title, detail);

    public static KeyProblemAnswer Missing { get; } = new(
        StatusCodes.Status400BadRequest,
        "Idempotency-Key is missing",
        "The operation needs the header Idempotency-Key with a string in quotes, for example a UUID.");

    public static KeyProblemAnswer Malformed { get; } = new(
        StatusCodes.Status400BadRequest,
        "Idempotency-Key is malformed",
        "The header Idempotency-Key must be one non-empty string in quotes, "
        + "for example \"8e03978e-40d5-43e8-bc93-6894a57f9324\".");

    public static KeyProblemAnswer TooShort { get; } = new(
        StatusCodes.Status400BadRequest,
        "Idempotency-Key is too short",
        $"An anonymous caller needs a key of at least {IdempotencyKey.MinAnonymousLength} characters "
        + "that cannot be guessed, for example a UUID.");

    public static KeyProblemAnswer Reused { get; } = new(
        StatusCodes.Status422UnprocessableEntity,
        "Idempotency-Key is already used",
        "An earlier request with this key had a different address or payload. "
        + "A key belongs to one request and its repetitions.");

    public override int? StatusCode => _status;

    public override Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = _status;
        response.Headers.CacheControl = "no-store";
        return StatusJson.WriteAsync(
            response,
            new StatusProblem(_title, _status, _detail),
            DeferredJson.Default.StatusProblem,
            "application/problem+json");
    }
}
