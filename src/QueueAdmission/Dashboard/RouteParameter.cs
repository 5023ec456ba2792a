using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace QueueAdmission;

/// <summary>
/// Describes a route parameter for the OpenAPI document. A plain request delegate has no parameter that describes it.
/// </summary>
internal sealed class RouteParameter : IParameterBindingMetadata
{
    private static readonly ParameterInfo[] Parameters =
        ((Action<string, string, string>)Address).Method.GetParameters();

    /// <summary>All route parameters of the dashboard's addresses.</summary>
    public static IReadOnlyList<RouteParameter> All { get; } =
        [new("queue", Parameters[0]), new("setting", Parameters[1]), new("id", Parameters[2])];

    private RouteParameter(string name, ParameterInfo parameter) => (Name, ParameterInfo) = (name, parameter);

    public string Name { get; }

    public bool HasTryParse => false;

    public bool HasBindAsync => false;

    public ParameterInfo ParameterInfo { get; }

    public bool IsOptional => false;

    private static void Address(
        [Description("The queue's name, compared without case.")] string queue,
        [Description("Workers, Paused or DryRun.")] string setting,
        [Description("The deferred job: 32 hexadecimal digits.")] string id)
    {
        // This method is never called. It exists because of its parameters.
    }
}
