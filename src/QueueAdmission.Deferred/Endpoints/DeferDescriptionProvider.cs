using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace QueueAdmission.Deferred;

/// <summary>
/// Adds the answers and headers of deferred requests to the descriptions of endpoints and actions, for OpenAPI
/// documents. Descriptions that the application provides are kept.
/// </summary>
/// <param name="json">The JSON options of the application. They must know the types that appear in a document.</param>
/// <param name="models">
/// Describes the parameters of controllers. Null in an application without controllers. For other endpoints, metadata
/// is used instead.
/// </param>
internal sealed class DeferDescriptionProvider(IOptions<JsonOptions> json, IModelMetadataProvider? models = null)
    : IApiDescriptionProvider
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    /// <summary>
    /// A high order, so that this provider runs after the providers of the framework, which describe endpoints and
    /// controllers.
    /// </summary>
    public int Order => 1_000;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var description in context.Results)
        {
            if (description.ActionDescriptor.EndpointMetadata?.OfType<IDeferTerms>().LastOrDefault() is { } terms)
            {
                AddHeaders(description, terms);
                AddResponses(description, terms);
            }
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
        // Everything is done in OnProvidersExecuting.
    }

    private void AddHeaders(ApiDescription description, IDeferTerms terms)
    {
        if (models is null)
        {
            return;
        }
        foreach (var header in HeaderParameter.Of(terms))
        {
            if (description.ParameterDescriptions.Any(parameter => parameter.Source == BindingSource.Header
                && parameter.Name.Equals(header.Name, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }
            description.ParameterDescriptions.Add(new ApiParameterDescription
            {
                Name = header.Name,
                Source = BindingSource.Header,
                Type = typeof(string),
                ModelMetadata = models.GetMetadataForType(typeof(string)),
                IsRequired = !header.IsOptional,
                // OpenAPI documents take the description from the attributes of the parameter.
                ParameterDescriptor = new ControllerParameterDescriptor
                {
                    Name = header.Name,
                    ParameterType = typeof(string),
                    ParameterInfo = header.ParameterInfo,
                    BindingInfo = new BindingInfo { BindingSource = BindingSource.Header },
                },
            });
        }
    }

    private void AddResponses(ApiDescription description, IDeferTerms terms)
    {
        Add(StatusCodes.Status202Accepted, typeof(AcceptedView), Json);
        if (terms.Options.IdempotencyKey != IdempotencyKeyUse.Ignored)
        {
            Add(StatusCodes.Status400BadRequest, typeof(StatusProblem), Problem);
            Add(StatusCodes.Status422UnprocessableEntity, typeof(StatusProblem), Problem);
        }

        void Add(int status, Type type, string contentType)
        {
            if (description.SupportedResponseTypes.Any(response => response.StatusCode == status))
            {
                return;
            }
            // Without reflection, as in Native AOT, a document can only contain types that the JSON options of the
            // application know.
            var isKnown = json.Value.SerializerOptions.TryGetTypeInfo(type, out _);
            var response = new ApiResponseType { StatusCode = status, Type = isKnown ? type : typeof(void) };
            if (isKnown)
            {
                response.ApiResponseFormats.Add(new ApiResponseFormat { MediaType = contentType });
            }
            description.SupportedResponseTypes.Add(response);
        }
    }
}
