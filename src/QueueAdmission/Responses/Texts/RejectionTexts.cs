using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace QueueAdmission;

/// <summary>The words of the built-in answers in one language. Another language is another class.</summary>
/// <remarks>
/// The texts are code rather than a <c>.resx</c> with satellite assemblies. An application with
/// <c>InvariantGlobalization</c>, which the templates for Native AOT set, has no culture that could choose a satellite.
/// The compiler also finds a text that a language lacks.
/// </remarks>
internal abstract class RejectionTexts
{
    /// <summary>The language of clients for which no other language is chosen.</summary>
    public static RejectionTexts Default { get; } = new EnglishTexts();

    private static ChineseTexts Chinese { get; } = new();

    /// <summary>
    /// The language of the page for a request: the one that <c>UseRequestLocalization</c> chose, or the default.
    /// </summary>
    /// <remarks>
    /// The header <c>Accept-Language</c> alone decides nothing. A page in a language that the rest of the application
    /// does not speak would help less.
    /// </remarks>
    public static RejectionTexts Of(HttpContext context) =>
        context.Features.Get<IRequestCultureFeature>()?.RequestCulture.UICulture is { } culture
            && IsChinese(culture.Name)
            ? Chinese
            : Default;

    // By its name: without data of cultures, as in an application for Native AOT, a culture knows nothing else.
    private static bool IsChinese(string culture) =>
        culture.Equals("zh", StringComparison.OrdinalIgnoreCase)
        || culture.StartsWith("zh-", StringComparison.OrdinalIgnoreCase);

    /// <summary>The language's tag, as in the attribute <c>lang</c> of a page.</summary>
    public abstract string Language { get; }

    /// <summary>The title of a problem whose status has no standard phrase.</summary>
    public abstract string UnnamedStatus { get; }

    /// <summary>The title of the page.</summary>
    public abstract string PageTitle { get; }

    /// <summary>A time in words, rounded so that it stays readable.</summary>
    public abstract string TimeOf(int seconds);

    /// <summary>The reason as one sentence, for programs.</summary>
    public abstract string CauseOf(RejectionReason reason);

    /// <summary>The reason as one sentence, and when to try again.</summary>
    /// <param name="cause">What <see cref="CauseOf"/> gave.</param>
    /// <param name="time">What <see cref="TimeOf"/> gave.</param>
    public abstract string DetailOf(string cause, string time);

    /// <summary>The reason as one sentence of the page; HTML.</summary>
    public abstract string PageCauseOf(RejectionReason reason);

    /// <summary>Says that the page reloads itself after a time; HTML.</summary>
    public abstract string PageReloads(string time);

    /// <summary>Says that the request had no effect and may be sent again after a time; HTML.</summary>
    public abstract string PageSendAgain(string time);
}
