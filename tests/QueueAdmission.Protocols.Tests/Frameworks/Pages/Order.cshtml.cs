using Microsoft.AspNetCore.Mvc.RazorPages;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Frameworks.Pages;

[Queued(LoopbackServer.Line)]
public sealed class OrderModel : PageModel;
