using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace QueueAdmission.Deferred;

/// <summary>
/// Describes a header that <c>Defer()</c> reads and that is not a parameter of the handler, for OpenAPI documents.
/// </summary>
internal sealed class HeaderParameter : IParameterBindingMetadata
{
    private HeaderParameter(string name, Action<string> describing, bool isOptional)
    {
        Name = name;
        ParameterInfo = describing.Method.GetParameters()[0];
        IsOptional = isOptional;
    }

    public string Name { get; }

    public bool HasTryParse => false;

    public bool HasBindAsync => false;

    public ParameterInfo ParameterInfo { get; }

    public bool IsOptional { get; }

    /// <summary>Returns the headers that requests of an endpoint can have.</summary>
    public static IEnumerable<HeaderParameter> Of(IDeferTerms terms)
    {
        if (terms.Options.IdempotencyKey != IdempotencyKeyUse.Ignored)
        {
            yield return new HeaderParameter(
                IdempotencyKey.Header, ForKey, terms.Options.IdempotencyKey == IdempotencyKeyUse.Optional);
        }
        if (terms.When == DeferWhen.Preferred)
        {
            yield return new HeaderParameter(Preferences.Header, ForPreferences, isOptional: true);
        }
    }

    /// <summary>Returns true if a parameter of the handler is this header.</summary>
    public bool IsSameAs(IParameterBindingMetadata parameter) =>
        parameter.ParameterInfo.GetCustomAttributes().OfType<IFromHeaderMetadata>().FirstOrDefault() is { } header
            && Name.Equals(header.Name ?? parameter.Name, StringComparison.OrdinalIgnoreCase);

    private static void ForKey(
        [Header(IdempotencyKey.Header)]
        [Description("A string in quotes, for example a UUID. "
            + "A repetition of the request with the same key is not stored again. "
            + "Anonymous callers need at least 22 characters.")]
        string key)
    {
        // This method is never called. Only its parameter is used.
    }

    private static void ForPreferences(
        [Header(Preferences.Header)]
        [Description("With 'respond-async, wait=n', the response is 202 if the job has not ended after n seconds.")]
        string preference)
    {
        // This method is never called. Only its parameter is used.
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    private sealed class HeaderAttribute(string name) : Attribute, IFromHeaderMetadata
    {
        public string Name => name;
    }
}
