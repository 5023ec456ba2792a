using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace QueueAdmission.Deferred;

/// <summary>
/// Describes what <c>Defer()</c> adds to an endpoint, for OpenAPI documents: the 202, and the headers that it reads.
/// What the application describes by itself stays.
/// </summary>
/// <param name="json">The JSON of the application, which has to know the types of a document.</param>
internal sealed class DeferDescriptionProvider(IOptions<JsonOptions> json) : IApiDescriptionProvider
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    private static readonly EmptyModelMetadataProvider Models = new();

    /// <summary>After the providers of the framework, which describe endpoints and controllers.</summary>
    public int Order => 1_000;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var description in context.Results)
        {
            if (description.ActionDescriptor.EndpointMetadata?.OfType<IDeferTerms>().LastOrDefault() is { } terms)
            {
                Describe(description, terms);
            }
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
        // All is done before.
    }

    private void Describe(ApiDescription description, IDeferTerms terms)
    {
        AddResponse(description, StatusCodes.Status202Accepted, typeof(AcceptedView), Json);
        if (terms.Options.IdempotencyKey != IdempotencyKeyUse.Ignored)
        {
            var isRequired = terms.Options.IdempotencyKey == IdempotencyKeyUse.Required;
            AddHeader(description, IdempotencyKey.Header, Key, isRequired);
            AddResponse(description, StatusCodes.Status400BadRequest, typeof(StatusProblem), Problem);
            AddResponse(description, StatusCodes.Status422UnprocessableEntity, typeof(StatusProblem), Problem);
        }
        if (terms.When == DeferWhen.Preferred)
        {
            AddHeader(description, Preferences.Header, Prefer, isRequired: false);
        }
    }

    private static void AddHeader(ApiDescription description, string name, Action<string> describing, bool isRequired)
    {
        if (description.ParameterDescriptions.Any(
            parameter => parameter.Source == BindingSource.Header && parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }
        description.ParameterDescriptions.Add(new ApiParameterDescription
        {
            Name = name,
            Source = BindingSource.Header,
            Type = typeof(string),
            ModelMetadata = Models.GetMetadataForType(typeof(string)),
            IsRequired = isRequired,
            // Documents take the description of a parameter from its attributes.
            ParameterDescriptor = new ControllerParameterDescriptor
            {
                Name = name,
                ParameterType = typeof(string),
                ParameterInfo = describing.Method.GetParameters()[0],
                BindingInfo = new BindingInfo { BindingSource = BindingSource.Header },
            },
        });
    }

    private void AddResponse(ApiDescription description, int status, Type type, string contentType)
    {
        if (description.SupportedResponseTypes.Any(response => response.StatusCode == status))
        {
            return;
        }
        // Without reflection, as for Native AOT, a document can have only types that the application's JSON knows.
        var isKnown = json.Value.SerializerOptions.TryGetTypeInfo(type, out _);
        var response = new ApiResponseType { StatusCode = status, Type = isKnown ? type : typeof(void) };
        if (isKnown)
        {
            response.ApiResponseFormats.Add(new ApiResponseFormat { MediaType = contentType });
        }
        description.SupportedResponseTypes.Add(response);
    }

    private static void Key(
        [Description("A string in quotes, for example a UUID. A repetition of the request with the same key is not stored again. "
            + "Anonymous callers need at least 22 characters.")] string key) => Unused(key);

    private static void Prefer(
        [Description("With 'respond-async, wait=n', the answer after n seconds is 202 if the real one is not known by then.")] string preference) =>
        Unused(preference);

    private static void Unused(string _)
    {
        // These methods are never called. They exist because of their parameters.
    }
}
