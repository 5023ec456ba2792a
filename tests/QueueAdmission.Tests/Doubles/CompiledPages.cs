using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Razor.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Doubles;

/// <summary>
/// Razor pages in the form that the Razor compiler writes into an assembly. A test chooses the pages of its
/// application.
/// </summary>
internal sealed class CompiledPages(params Type[] pages) : ApplicationPart, IRazorCompiledItemProvider
{
    public override string Name => "Compiled pages";

    public IEnumerable<RazorCompiledItem> CompiledItems => pages.Select(page => new CompiledPage(page));

    public static void Add(IServiceCollection services, params Type[] pages) =>
        services.AddRazorPages()
            .ConfigureApplicationPartManager(parts => parts.ApplicationParts.Add(new CompiledPages(pages)));

    private sealed class CompiledPage(Type page) : RazorCompiledItem
    {
        public override string Identifier => $"/Pages/{page.Name}.cshtml";

        public override string Kind => "mvc.1.0.razor-page";

        public override IReadOnlyList<object> Metadata => [];

        public override Type Type => page;
    }
}

/// <summary>A page that writes the name of the queue in which it runs.</summary>
public abstract class ReportingPage<TModel> : Page
    where TModel : PageModel
{
    /// <summary>Razor determines the model type of a page from this property.</summary>
    public TModel Model => (TModel)ViewContext.ViewData.Model!;

    public override Task ExecuteAsync()
    {
        Write(QueueReport.Of(HttpContext));
        return Task.CompletedTask;
    }
}

[Queued("a")]
public sealed class QueuedPageModel : PageModel;

public sealed class QueuedPage : ReportingPage<QueuedPageModel>;

public sealed class PlainPageModel : PageModel;

public sealed class PlainPage : ReportingPage<PlainPageModel>;

[DisableQueue]
public sealed class DisabledPageModel : PageModel;

public sealed class DisabledPage : ReportingPage<DisabledPageModel>;

[Queued("nowhere")]
public sealed class LostPageModel : PageModel;

public sealed class LostPage : ReportingPage<LostPageModel>;

public sealed class HandlerAttributePageModel : PageModel
{
    [Queued("a")]
    public void OnGet()
    {
    }
}

public sealed class HandlerAttributePage : ReportingPage<HandlerAttributePageModel>;
