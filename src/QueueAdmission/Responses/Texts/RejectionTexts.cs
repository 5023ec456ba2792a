using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace QueueAdmission;

/// <summary>The texts of the built-in answers in one language. Each language is a derived class.</summary>
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
    /// Returns the language of the page for a request: the language that <c>UseRequestLocalization</c> chose, or the
    /// default.
    /// </summary>
    /// <remarks>
    /// The header <c>Accept-Language</c> alone has no effect. A page in a language that the rest of the application
    /// does not use would help less.
    /// </remarks>
    public static RejectionTexts Of(HttpContext context) =>
        context.Features.Get<IRequestCultureFeature>()?.RequestCulture.UICulture is { } culture
            && IsChinese(culture.Name)
            ? Chinese
            : Default;

    // Compares names, because a culture without culture data has nothing else, as in an application for Native AOT.
    private static bool IsChinese(string culture) =>
        culture.Equals("zh", StringComparison.OrdinalIgnoreCase)
        || culture.StartsWith("zh-", StringComparison.OrdinalIgnoreCase);

    /// <summary>The language's tag, as in the attribute <c>lang</c> of a page.</summary>
    public abstract string Language { get; }

    /// <summary>The title of a problem whose status has no standard phrase.</summary>
    public abstract string UnnamedStatus { get; }

    /// <summary>The title of the page.</summary>
    public abstract string PageTitle { get; }

    /// <summary>Returns a time in words, rounded for readability.</summary>
    public abstract string TimeOf(int seconds);

    /// <summary>Returns the reason as one sentence, for programs.</summary>
    public abstract string CauseOf(RejectionReason reason);

    /// <summary>Returns the reason as one sentence, and when to try again.</summary>
    /// <param name="cause">The result of <see cref="CauseOf"/>.</param>
    /// <param name="time">The result of <see cref="TimeOf"/>.</param>
    public abstract string DetailOf(string cause, string time);

    /// <summary>Returns the reason as one sentence of the page, in HTML.</summary>
    public abstract string PageCauseOf(RejectionReason reason);

    /// <summary>Returns the sentence that the page reloads itself after a time, in HTML.</summary>
    public abstract string PageReloads(string time);

    /// <summary>
    /// Returns the sentence that the request had no effect and may be sent again after a time, in HTML.
    /// </summary>
    public abstract string PageSendAgain(string time);
}
