using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>
/// Health checks and metrics. A probe that waits behind users gets the process killed, and a rush whose metrics wait behind it is not seen.
/// </summary>
/// <remarks>
/// These endpoints have no metadata of their own. Mapped as they are, their delegate is a method of their middleware. Wrapped by a filter, in a group or by a
/// convention, it is not, but routing has taken the attributes of that method as metadata, and the one of its state machine says which class the method is of.
/// </remarks>
internal static class MonitoringEndpoints
{
    private const string GrpcHealthService = "grpc.health.v1.Health";

    // No package of theirs is referenced.
    private static readonly string[] Scrapers = ["OpenTelemetry.Exporter.PrometheusExporterMiddleware", "Prometheus.MetricServerMiddleware"];

    // What MapHealthChecks and prometheus-net's MapMetrics call their endpoints.
    private static readonly string[] Names = ["Health checks", "Prometheus metrics"];

    public static bool Contain(Endpoint endpoint) =>
        IsOfMonitoring(endpoint.RequestDelegate?.Target?.GetType())
        || endpoint.Metadata.GetOrderedMetadata<AsyncStateMachineAttribute>().Any(attribute => IsOfMonitoring(attribute.StateMachineType.DeclaringType))
        || Names.Contains(endpoint.DisplayName)
        || IsGrpcHealth(endpoint);

    private static bool IsOfMonitoring(Type? type) => type == typeof(HealthCheckMiddleware) || Scrapers.Contains(type?.FullName);

    /// <summary>The server makes the route of a gRPC method out of the names of service and method; a group may put a prefix before them.</summary>
    private static bool IsGrpcHealth(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.PathSegments: [.., { IsSimple: true } service, _] }
        && service.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart { Content: GrpcHealthService };
}
