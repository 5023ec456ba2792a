using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace QueueAdmission.Deferred;

/// <summary>
/// Describes the id of a job for OpenAPI documents. Plain request delegates have no parameters that could do so.
/// </summary>
internal sealed class IdParameter : IParameterBindingMetadata
{
    public string Name => "id";

    public bool HasTryParse => false;

    public bool HasBindAsync => false;

    public ParameterInfo ParameterInfo { get; } = ((Action<string>)Address).Method.GetParameters()[0];

    public bool IsOptional => false;

    private static void Address([Description("The id of the job, from the 202 response.")] string id)
    {
        // This method is never called. Only its parameter is used.
    }
}
