namespace QueueAdmission.Deferred;

/// <summary>Identifies an endpoint across processes, so that another deployment can find the endpoint.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Pattern">The text of the route pattern.</param>
/// <param name="EndpointName">The name of the endpoint, or null if it has none.</param>
/// <param name="DisplayName">
/// The display name. It distinguishes endpoints with the same pattern, and may change when methods are renamed.
/// </param>
internal sealed record RouteIdentity(string Method, string Pattern, string? EndpointName, string? DisplayName)
{
    /// <summary>Returns the route as text for operators, for example <c>POST /posts</c>.</summary>
    public override string ToString() => $"{Method} {Pattern}";
}
