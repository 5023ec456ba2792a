using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Removes members that are not public from an XML documentation file. The compiler writes every comment to it, and
/// editors of users would show the internals.
/// </summary>
/// <remarks>
/// The public members are those of PublicAPI.*.txt, which an analyzer compares with the code. Members are compared by
/// their names and the number of their parameters.
/// </remarks>
public class RemoveInternals : Task
{
    private static readonly string[] Modifiers =
        { "static ", "abstract ", "virtual ", "override ", "sealed ", "readonly ", "const ", "extern ", "~" };

    /// <summary>The documentation file, which is written again.</summary>
    [Required]
    public string Documentation { get; set; }

    /// <summary>The lists of public members.</summary>
    [Required]
    public ITaskItem[] PublicApi { get; set; }

    public override bool Execute()
    {
        var known = new HashSet<string>(
            PublicApi.SelectMany(file => File.ReadAllLines(file.ItemSpec)).Select(KeyOfApi), StringComparer.Ordinal);
        var document = XDocument.Load(Documentation, LoadOptions.PreserveWhitespace);
        var internals = document.Descendants("member")
            .Where(member => !known.Contains(KeyOfId((string)member.Attribute("name"))))
            .ToList();
        foreach (var member in internals)
        {
            if (member.PreviousNode is XText space && string.IsNullOrWhiteSpace(space.Value))
            {
                space.Remove();
            }
            member.Remove();
        }
        if (internals.Count > 0)
        {
            document.Save(Documentation, SaveOptions.DisableFormatting);
        }
        return true;
    }

    /// <summary>Namespace.Type.Member/parameters, of a line such as "static N.T.M(this N.U! u) -> void".</summary>
    private static string KeyOfApi(string line)
    {
        for (var modifier = ""; modifier != null; modifier = ModifierOf(line))
        {
            line = line.Substring(modifier.Length);
        }
        var arrow = line.IndexOf(" -> ", StringComparison.Ordinal);
        line = WithoutBrackets(arrow < 0 ? line : line.Substring(0, arrow), '<', '>');
        var open = line.IndexOf('(');
        if (open >= 0)
        {
            // A default value may be a text with a comma. None of them has one.
            var name = line.Substring(0, open);
            return name + "/" + CountParameters(line.Substring(open));
        }
        var value = line.IndexOf(" = ", StringComparison.Ordinal);
        line = value < 0 ? line : line.Substring(0, value);
        foreach (var accessor in new[] { ".get", ".set", ".init" })
        {
            if (arrow >= 0 && line.EndsWith(accessor, StringComparison.Ordinal))
            {
                return line.Substring(0, line.Length - accessor.Length);
            }
        }
        return line;
    }

    /// <summary>The same key, of an id such as "M:N.T`1.M``1(N.U)".</summary>
    private static string KeyOfId(string id)
    {
        var isMethod = id.StartsWith("M:", StringComparison.Ordinal);
        var open = id.IndexOf('(');
        var parameters = open < 0 ? "()" : WithoutBrackets(id.Substring(open), '{', '}');
        var name = WithoutArity(id.Substring(2, (open < 0 ? id.Length : open) - 2));
        if (name.EndsWith(".#ctor", StringComparison.Ordinal))
        {
            var type = name.Substring(0, name.Length - ".#ctor".Length);
            name = type + "." + type.Substring(type.LastIndexOf('.') + 1);
        }
        return isMethod ? name + "/" + CountParameters(parameters) : name;
    }

    private static string ModifierOf(string line) =>
        Modifiers.FirstOrDefault(word => line.StartsWith(word, StringComparison.Ordinal));

    private static int CountParameters(string list) =>
        list.StartsWith("()", StringComparison.Ordinal)
            ? 0
            : WithoutBrackets(list, '[', ']').Count(letter => letter == ',') + 1;

    private static string WithoutBrackets(string text, char open, char close)
    {
        var kept = new StringBuilder();
        var depth = 0;
        foreach (var letter in text)
        {
            depth += letter == open ? 1 : 0;
            if (depth == 0)
            {
                kept.Append(letter);
            }
            depth -= letter == close ? 1 : 0;
        }
        return kept.ToString();
    }

    private static string WithoutArity(string name)
    {
        var kept = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '`')
            {
                kept.Append(name[i]);
                continue;
            }
            while (i + 1 < name.Length && (name[i + 1] == '`' || char.IsDigit(name[i + 1])))
            {
                i++;
            }
        }
        return kept.ToString();
    }
}
