using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// The entries of an object that is the value of one setting. The objects of several files are merged entry by entry.
/// </summary>
/// <remarks>
/// <para>A null, or an empty text, takes back what weaker files say: one entry, or the whole object. Configuration does
/// not report a null in the place of an object, so the providers are asked for it.</para>
/// <para>A name may have colons, which configuration takes for levels.</para>
/// </remarks>
/// <param name="root">
/// The whole configuration; null if only a part of it is known, where no object is taken back.
/// </param>
internal sealed class SectionEntries(IConfigurationRoot? root)
{
    /// <summary>The names and the values of the entries.</summary>
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
    /// The providers whose entries are in force: the last one that takes the object back, and all stronger ones.
    /// </summary>
    private static List<IConfigurationProvider> ProvidersInForce(IConfigurationRoot root, string path)
    {
        var providers = root.Providers.ToList();
        var last = providers.FindLastIndex(provider => TakesBack(provider, path));
        return providers[Math.Max(0, last)..];
    }

    // An empty text beside entries of the same provider is no value: see SectionErrors.ReadObject.
    private static bool TakesBack(IConfigurationProvider provider, string path) =>
        provider.TryGet(path, out var value) && string.IsNullOrEmpty(value) && !provider.GetChildKeys([], path).Any();
}
