using Microsoft.AspNetCore.Mvc;

namespace QueueAdmission.Doubles;

// ASP.NET Core accepts only public top-level classes as controllers.

[Queued("a")]
[Route("queued")]
public sealed class QueuedController : ControllerBase
{
    [HttpGet("inherits")]
    public string Inherits() => QueueReport.Of(HttpContext);

    [Queued("b")]
    [HttpGet("overrides")]
    public string Overrides() => QueueReport.Of(HttpContext);

    [DisableQueue]
    [HttpGet("disabled")]
    public string Disabled() => QueueReport.Of(HttpContext);
}

[Route("plain")]
public sealed class PlainController : ControllerBase
{
    [HttpGet("plain")]
    public string Plain() => QueueReport.Of(HttpContext);

    [Queued]
    [HttpGet("unnamed")]
    public string Unnamed() => QueueReport.Of(HttpContext);
}
