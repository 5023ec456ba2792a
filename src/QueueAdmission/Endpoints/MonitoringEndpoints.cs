using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace QueueAdmission;

/// <summary>
/// Recognises endpoints of health checks and metrics. If a health probe waits in a queue, it may time out, and the
/// process may be restarted. If metrics wait in a queue, an overload is not visible.
/// </summary>
/// <remarks>
/// <para>These endpoints have no special metadata. They are recognised by their delegate, which is a method of the
/// middleware for health checks or metrics.</para>
/// <para>A filter, a group or a convention can wrap the delegate. In this case, routing has copied the attributes of
/// the original method to the metadata of the endpoint. Among them is <see cref="AsyncStateMachineAttribute"/>, which
/// shows the class of the method.</para>
/// </remarks>
internal static class MonitoringEndpoints
{
    private const string GrpcHealthService = "grpc.health.v1.Health";

    // The middleware types of packages that this library does not reference.
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
    /// Returns whether the endpoint is a method of the gRPC health service. The route of a gRPC method consists of the
    /// name of the service and the name of the method. A group may add a prefix.
    /// </summary>
    private static bool IsGrpcHealth(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.PathSegments: [.., { IsSimple: true } service, _] }
        && service.Parts[0] is RoutePatternLiteralPart { Content: GrpcHealthService };
}
