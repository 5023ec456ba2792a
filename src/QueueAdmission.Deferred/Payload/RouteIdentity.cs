namespace QueueAdmission.Deferred;

/// <summary>Names an endpoint beyond the process: another deployment finds the endpoint by it.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Pattern">The text of the route pattern.</param>
/// <param name="EndpointName">The name of the endpoint; null if it has none.</param>
/// <param name="DisplayName">
/// The display name. It tells endpoints with one pattern apart, and may change with the names of methods.
/// </param>
internal sealed record RouteIdentity(string Method, string Pattern, string? EndpointName, string? DisplayName)
{
    /// <summary>The route in words for operators, for example <c>POST /posts</c>.</summary>
    public override string ToString() => $"{Method} {Pattern}";
}
