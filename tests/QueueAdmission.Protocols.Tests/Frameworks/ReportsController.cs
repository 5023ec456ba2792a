using Microsoft.AspNetCore.Mvc;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Frameworks;

[Queued(LoopbackServer.Line)]
[Route("reports")]
public sealed class ReportsController : ControllerBase
{
    [HttpGet("yearly")]
    public string Yearly() => "yearly";

    [HttpGet("list")]
    [DisableQueue]
    public string List() => "list";
}
