using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace QueueAdmission.Deferred.Doubles;

/// <summary>The actions under test. One controller runs them at once, and another one defers them.</summary>
public abstract class PostActions : ControllerBase
{
    [HttpPost("json")]
    public Post Json(Post post) => post;

    [HttpPost("created")]
    public IActionResult Make(Post post) => CreatedAtAction(nameof(Route), new { id = 7 }, post);

    [HttpGet("content")]
    public ContentResult Text() => Content("<b>x</b>", "text/html");

    [HttpGet("header")]
    public string Header([FromHeader(Name = "X-Tenant")] string tenant) => tenant;

    [HttpGet("notfound")]
    public IActionResult Nothing() => NotFound();

    [HttpGet("problem")]
    public IActionResult Broken() => Problem("detail", statusCode: 409);

    [HttpGet("file")]
    public IActionResult Bytes() => File("bytes"u8.ToArray(), "application/x-bytes", "a.bin");

    [HttpGet("empty")]
    public IActionResult Nothing2() => NoContent();

    [HttpGet("route/{id}")]
    public string Route(int id) => $"{id} {RouteData.Values["action"]} {ControllerContext.ActionDescriptor.ActionName}";

    [HttpGet("link")]
    public string? Link() => Url.Action(nameof(Route), new { id = 8 });
}

[ApiController, Route("direct")]
public sealed class DirectController : PostActions;

[ApiController, Route("deferred"), Queued("posts"), Defer]
public sealed class DeferredController : PostActions;

[ApiController, Route("plain")]
public sealed class PlainController : ControllerBase
{
    [HttpPost]
    public string Add(Post post) => post.Text;
}

[ApiController, Route("filtered"), Queued("posts"), Defer]
public sealed class FilteredController : ControllerBase
{
    [HttpPost, Refuse]
    public string Add() => "added";
}

[ApiController, Route("late"), Queued("posts"), Defer]
public sealed class LateFilterController : ControllerBase
{
    [HttpPost, Refuse(Order = int.MaxValue)]
    public string Add() => "added";
}

[Route("tokens"), Queued("posts"), Defer]
public sealed class TokenController : Controller
{
    [HttpPost("required"), RequireAntiforgeryToken]
    public string Required([FromForm] string text) => text;
}

[Route("action"), Queued("posts"), Defer]
public sealed class TokenOfTheActionController : Controller
{
    [HttpPost, ValidateAntiForgeryToken]
    public string Add([FromForm] string text) => text;
}

[Route("controller"), Queued("posts"), Defer, AutoValidateAntiforgeryToken]
public sealed class TokenOfTheControllerController : Controller
{
    [HttpPost]
    public string Add([FromForm] string text) => text;
}

[Route("ignored"), Queued("posts"), Defer, AutoValidateAntiforgeryToken]
public sealed class TokenIgnoredController : Controller
{
    [HttpPost, IgnoreAntiforgeryToken]
    public string Add([FromForm] string text) => text;
}

[ApiController, Route("preferred-action"), Queued("posts")]
public sealed class PreferredController : ControllerBase
{
    [HttpPost, Defer(DeferWhen.Preferred, IdempotencyKey = IdempotencyKeyUse.Required)]
    public string Run() => HttpContext.Features.Get<IDeferredJobFeature>() is null ? "live" : "job";
}

public sealed record Post([Required, MaxLength(5)] string Text);

public sealed class RefuseAttribute : ActionFilterAttribute
{
    public override void OnActionExecuting(ActionExecutingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Result = new StatusCodeResult(403);
    }
}
