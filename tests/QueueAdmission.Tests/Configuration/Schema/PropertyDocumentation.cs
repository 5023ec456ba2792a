using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace QueueAdmission.Configuration.Schema;

/// <summary>Reads the documentation comment of a property as plain text.</summary>
internal static partial class PropertyDocumentation
{
    public static string Of(PropertyInfo property)
    {
        var owner = property.DeclaringType!;
        var id = $"P:{owner.FullName}.{property.Name}";
        var summary = XDocument.Load(Path.ChangeExtension(owner.Assembly.Location, ".xml"))
            .Descendants("member").Single(member => (string?)member.Attribute("name") == id).Element("summary")!;
        return Blanks().Replace(string.Concat(summary.Nodes().Select(ToText)), " ").Trim();
    }

    private static string ToText(XNode node) => node switch
    {
        XElement { Name.LocalName: "see" or "seealso" or "paramref" } reference =>
            ((string?)reference.Attribute("cref") ?? (string?)reference.Attribute("name") ?? "").Split('.', ':')[^1],
        XElement element => element.Value,
        _ => node.ToString(),
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
