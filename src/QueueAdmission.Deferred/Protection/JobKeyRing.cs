using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace QueueAdmission.Deferred;

/// <summary>The key ring of Data Protection, in the store of the jobs.</summary>
/// <remarks>
/// <para>Where the jobs are, their keys are: a copy of the store can always be read.</para>
/// <para>Data Protection keeps its keys in memory for a day. A store that was lost meanwhile comes back without them,
/// and what is accepted then could not be read by another process. So the documents are remembered here.</para>
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

    /// <summary>Writes the documents that this process uses and the store does not have.</summary>
    public void Restore()
    {
        foreach (var document in _known.Keys.Except(store.ReadKeys(), StringComparer.Ordinal))
        {
            store.AddKey(document);
        }
    }
}
