using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace QueueAdmission.Packaging;

/// <summary>
/// The full names of the public types and members of a library. The name of a member contains its type, but no
/// parameters.
/// </summary>
internal sealed record VisibleNames(IReadOnlySet<string> Types, IReadOnlySet<string> All)
{
    public static VisibleNames Of(ZipArchiveEntry assembly)
    {
        using var content = new MemoryStream();
        using (var packed = assembly.Open())
        {
            packed.CopyTo(content);
        }
        content.Position = 0;
        using var file = new PEReader(content);
        var metadata = file.GetMetadataReader();
        HashSet<string> types = [], all = [];
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            // Compiler-generated types, for example for extension blocks, have names that are not valid in code.
            if (FindName(metadata, type) is not { } name || name.Contains('<', StringComparison.Ordinal))
            {
                continue;
            }
            types.Add(name);
            all.UnionWith(MembersOf(metadata, type).Select(member => $"{name}.{member}"));
        }
        all.UnionWith(types);
        return new VisibleNames(types, all);
    }

    /// <summary>
    /// Converts an id in the XML documentation, such as <c>M:N.T`1.M``1(System.Int32)</c>, to a name in the same form.
    /// </summary>
    public static string OfDocumentation(string id)
    {
        var name = id[2..].Split('(')[0].Replace("#ctor", ".ctor", StringComparison.Ordinal);
        var arity = name.IndexOf("``", StringComparison.Ordinal);
        return arity < 0 ? name : name[..arity];
    }

    private static IEnumerable<string> MembersOf(MetadataReader metadata, TypeDefinition type)
    {
        var methods = type.GetMethods().Where(method => IsVisible(metadata.GetMethodDefinition(method))).ToHashSet();
        foreach (var method in methods)
        {
            yield return metadata.GetString(metadata.GetMethodDefinition(method).Name);
        }
        foreach (var handle in type.GetProperties())
        {
            var property = metadata.GetPropertyDefinition(handle);
            if (property.GetAccessors() is var accessors
                && (methods.Contains(accessors.Getter) || methods.Contains(accessors.Setter)))
            {
                yield return metadata.GetString(property.Name);
            }
        }
        foreach (var handle in type.GetEvents())
        {
            var definition = metadata.GetEventDefinition(handle);
            if (methods.Contains(definition.GetAccessors().Adder))
            {
                yield return metadata.GetString(definition.Name);
            }
        }
        foreach (var handle in type.GetFields())
        {
            var field = metadata.GetFieldDefinition(handle);
            if ((field.Attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public)
            {
                yield return metadata.GetString(field.Name);
            }
        }
    }

    /// <summary>Returns the full name of a public type, or null if the type is not public.</summary>
    private static string? FindName(MetadataReader metadata, TypeDefinition type)
    {
        var name = metadata.GetString(type.Name);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => $"{metadata.GetString(type.Namespace)}.{name}",
            TypeAttributes.NestedPublic
                when FindName(metadata, metadata.GetTypeDefinition(type.GetDeclaringType())) is { } outer =>
                    $"{outer}.{name}",
            _ => null,
        };
    }

    private static bool IsVisible(MethodDefinition method) => (method.Attributes & MethodAttributes.MemberAccessMask)
        is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;
}
