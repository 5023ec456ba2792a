using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace QueueAdmission.Deferred;

/// <summary>
/// The id of a job, for the OpenAPI document. Plain request delegates have no parameters that describe it.
/// </summary>
internal sealed class IdParameter : IParameterBindingMetadata
{
    public string Name => "id";

    public bool HasTryParse => false;

    public bool HasBindAsync => false;

    public ParameterInfo ParameterInfo { get; } = ((Action<string>)Address).Method.GetParameters()[0];

    public bool IsOptional => false;

    private static void Address([Description("The id of the job, as the 202 gave it.")] string id)
    {
        // This method is never called. It exists because of its parameter.
    }
}
