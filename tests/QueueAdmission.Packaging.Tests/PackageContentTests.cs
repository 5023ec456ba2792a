using System.IO.Compression;
using System.Xml.Linq;

namespace QueueAdmission.Packaging;

public class PackageContentTests(PackedLibraries libraries)
{
    [Theory]
    [InlineData("QueueAdmission.Core")]
    [InlineData("QueueAdmission")]
    public void Package_Packed_CarriesReadmeLicenseAndDocumentation(string id)
    {
        using var package = Open(id, "nupkg");
        var metadata = Metadata(package);

        Assert.Equal("MIT", Element(metadata, "license").Value);
        Assert.Equal("README.md", Element(metadata, "readme").Value);
        Assert.Equal("icon.png", Element(metadata, "icon").Value);
        Assert.NotNull(package.GetEntry("icon.png"));
        Assert.NotEmpty(Element(metadata, "description").Value);
        Assert.NotEmpty(Element(metadata, "tags").Value);
        using var readme = new StreamReader(package.GetEntry("README.md")!.Open());
        Assert.Equal($"# {id}", readme.ReadLine());
        Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.dll"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.xml"));
    }

    [Theory]
    [InlineData("QueueAdmission.Core")]
    [InlineData("QueueAdmission")]
    public void Documentation_Packed_HasAllPublicTypesAndNoInternals(string id)
    {
        using var package = Open(id, "nupkg");
        using var documentation = package.GetEntry($"lib/net10.0/{id}.xml")!.Open();
        var ids = XDocument.Load(documentation).Descendants("member")
            .Select(member => member.Attribute("name")!.Value).ToList();
        var visible = VisibleNames.Of(package.GetEntry($"lib/net10.0/{id}.dll")!);

        Assert.All(
            ids.Select(VisibleNames.OfDocumentation), name => Assert.Contains(name, (IReadOnlySet<string>)visible.All));
        Assert.Equal(
            visible.Types.Order(StringComparer.Ordinal),
            ids.Where(member => member.StartsWith("T:", StringComparison.Ordinal))
                .Select(VisibleNames.OfDocumentation).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("QueueAdmission.Core")]
    [InlineData("QueueAdmission")]
    public void SymbolPackage_Packed_HoldsTheSymbols(string id)
    {
        using var package = Open(id, "snupkg");

        Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.pdb"));
    }

    [Fact]
    public void Middleware_DependsOnEngine_OnExactlyItsOwnVersion()
    {
        using var package = Open("QueueAdmission", "nupkg");

        var dependency =
            Assert.Single(Metadata(package).Descendants(), element => element.Name.LocalName == "dependency");

        Assert.Equal("QueueAdmission.Core", dependency.Attribute("id")!.Value);
        Assert.Equal($"[{libraries.Version}]", dependency.Attribute("version")!.Value);
    }

    [Fact]
    public void Middleware_Packed_AnnouncesItsJsonSchema()
    {
        using var package = Open("QueueAdmission", "nupkg");
        using var targets = package.GetEntry("buildTransitive/net10.0/QueueAdmission.targets")!.Open();

        var segment = Assert.Single(
            XDocument.Load(targets).Descendants(), element => element.Name.LocalName == "JsonSchemaSegment");

        Assert.Equal(@"$(MSBuildThisFileDirectory)..\..\ConfigurationSchema.json", segment.Attribute("Include")!.Value);
        Assert.NotNull(package.GetEntry("ConfigurationSchema.json"));
    }

    private ZipArchive Open(string id, string extension) =>
        ZipFile.OpenRead(Path.Combine(libraries.Feed, $"{id}.{libraries.Version}.{extension}"));

    private static XElement Metadata(ZipArchive package)
    {
        using var nuspec =
            package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return Element(XDocument.Load(nuspec).Root!, "metadata");
    }

    private static XElement Element(XElement parent, string name) =>
        parent.Elements().Single(element => element.Name.LocalName == name);
}
