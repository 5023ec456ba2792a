using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace QueueAdmission;

/// <summary>
/// Recognises endpoints of health checks and metrics. If a probe waits behind users, the process is killed. If metrics
/// wait behind users, an overload is not visible.
/// </summary>
/// <remarks>
/// <para>These endpoints have no metadata of their own. The delegate of such an endpoint is a method of its
/// middleware.</para>
/// <para>A filter, a group or a convention can wrap the delegate. Routing has then copied the attributes of the
/// original method into the metadata. The attribute of its state machine names the class of the method.</para>
/// </remarks>
internal static class MonitoringEndpoints
{
    private const string GrpcHealthService = "grpc.health.v1.Health";

    // Types of packages that this library does not reference.
    private static readonly string[] Scrapers =
        ["OpenTelemetry.Exporter.PrometheusExporterMiddleware", "Prometheus.MetricServerMiddleware"];

    // The display names that MapHealthChecks and prometheus-net's MapMetrics give to their endpoints.
    private static readonly string[] Names = ["Health checks", "Prometheus metrics"];

    public static bool Contain(Endpoint endpoint) =>
        IsOfMonitoring(endpoint.RequestDelegate?.Target?.GetType())
        || endpoint.Metadata.GetOrderedMetadata<AsyncStateMachineAttribute>()
            .Any(attribute => IsOfMonitoring(attribute.StateMachineType.DeclaringType))
        || Names.Contains(endpoint.DisplayName)
        || IsGrpcHealth(endpoint);

    private static bool IsOfMonitoring(Type? type) =>
        type == typeof(HealthCheckMiddleware) || Scrapers.Contains(type?.FullName);

    /// <summary>
    /// Whether the endpoint is the gRPC health service. The route of a gRPC method consists of the names of service and
    /// method, and a group may add a prefix.
    /// </summary>
    private static bool IsGrpcHealth(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.PathSegments: [.., { IsSimple: true } service, _] }
        && service.Parts[0] is RoutePatternLiteralPart { Content: GrpcHealthService };
}
