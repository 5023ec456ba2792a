using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace QueueAdmission.Deferred;

/// <summary>The repository in which Data Protection keeps its keys: the store of the jobs.</summary>
/// <remarks>
/// <para>The keys are in the same store as the jobs. A copy of the store can therefore always be read.</para>
/// <para>Data Protection caches its keys for a day. If the store is lost and created anew in this time, it lacks these
/// keys. Another process could not read jobs that are accepted from then on. This class therefore remembers the key
/// documents, and <see cref="Restore"/> writes them to the store again.</para>
/// </remarks>
internal sealed class JobKeyRing(IJobStore store) : IXmlRepository
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var documents = store.ReadKeys();
        foreach (var document in documents)
        {
            _known[document] = true;
        }
        return [.. documents.Select(static document => XElement.Parse(document))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        var document = element.ToString(SaveOptions.DisableFormatting);
        store.AddKey(document);
        _known[document] = true;
    }

    /// <summary>Writes the documents that this process uses and that the store does not have.</summary>
    public void Restore()
    {
        foreach (var document in _known.Keys.Except(store.ReadKeys(), StringComparer.Ordinal))
        {
            store.AddKey(document);
        }
    }
}
