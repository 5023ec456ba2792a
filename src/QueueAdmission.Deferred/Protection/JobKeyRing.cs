using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace QueueAdmission.Deferred;

/// <summary>The key ring of Data Protection, in the store of the jobs.</summary>
/// <remarks>Where the jobs are, their keys are: a copy of the store can always be read.</remarks>
internal sealed class JobKeyRing(IJobStore store) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => [.. store.ReadKeys().Select(document => XElement.Parse(document))];

    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        store.AddKey(element.ToString(SaveOptions.DisableFormatting));
    }
}
