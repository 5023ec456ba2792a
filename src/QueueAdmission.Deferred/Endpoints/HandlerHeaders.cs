using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace QueueAdmission.Deferred;

/// <summary>The request headers that are parameters of a handler.</summary>
/// <param name="Names">The names.</param>
internal sealed record HandlerHeaders(IReadOnlySet<string> Names)
{
    public static readonly HandlerHeaders None = new(new HashSet<string>());

    /// <summary>The headers that contain credentials, which are never stored.</summary>
    public IEnumerable<string> Credentials => Names.Where(StoredHeaders.IsCredential);

    public static HandlerHeaders Of(IEnumerable<ParameterInfo> parameters) => Of(parameters.Select(static parameter =>
        parameter.GetCustomAttributes().OfType<IFromHeaderMetadata>().FirstOrDefault() is { } header
            ? header.Name ?? parameter.Name
            : null));

    public static HandlerHeaders Of(IEnumerable<string?> names) =>
        new(names.OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase));
}
