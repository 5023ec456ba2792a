using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Reads the entries of an object that is the value of one setting. The objects of several configuration sources are
/// merged entry by entry.
/// </summary>
/// <remarks>
/// <para>With null or an empty text, a source removes what weaker sources have set: one entry, or the whole object. The
/// merged configuration does not show a null in place of an object, so each provider is asked for it.</para>
/// <para>The name of an entry may contain colons. Configuration takes these for levels.</para>
/// </remarks>
/// <param name="root">
/// The whole configuration. Null if only a part of it is known. A null in place of an object is not recognised then.
/// </param>
internal sealed class SectionEntries(IConfigurationRoot? root)
{
    /// <summary>Returns the names and the values of the entries.</summary>
    public IEnumerable<KeyValuePair<string, string>> Of(IConfigurationSection section)
    {
        var providers = root is null ? null : ProvidersInForce(root, section.Path);
        foreach (var (name, value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (!string.IsNullOrEmpty(value)
                && providers?.Any(provider => provider.TryGet($"{section.Path}:{name}", out _)) != false)
                yield return new(name, value);
        }
    }

    /// <summary>
    /// Returns the providers whose entries are in force: the last provider that removes the object, and all stronger
    /// providers. If no provider removes the object, all providers.
    /// </summary>
    private static List<IConfigurationProvider> ProvidersInForce(IConfigurationRoot root, string path)
    {
        var providers = root.Providers.ToList();
        var last = providers.FindLastIndex(provider => TakesBack(provider, path));
        return providers[Math.Max(0, last)..];
    }

    // An empty text beside entries of the same provider does not count as a value: see SectionErrors.ReadObject.
    private static bool TakesBack(IConfigurationProvider provider, string path) =>
        provider.TryGet(path, out var value) && string.IsNullOrEmpty(value) && !provider.GetChildKeys([], path).Any();
}
