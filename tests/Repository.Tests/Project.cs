using System.Xml.Linq;

namespace WsBalancer.Repository.Tests;

/// <summary>A project file and the properties derived from it.</summary>
internal sealed record Project(string Path, XElement Xml)
{
    public string Folder => Path[..Path.LastIndexOf('/')];

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public string RootNamespace => IsTest ? $"WsBalancer.{Name}" : Name;

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    /// <summary>
    /// The projects to which this one refers, and for each whether it uses their types or only builds them first.
    /// </summary>
    public IEnumerable<(string Name, bool SeesTypes)> References =>
        Xml.Descendants("ProjectReference").Select(reference => (
            System.IO.Path.GetFileNameWithoutExtension((string?)reference.Attribute("Include") ?? "").Split('\\')[^1],
            (string?)reference.Attribute("ReferenceOutputAssembly") != "false"));

    public IEnumerable<XElement> Packages => Xml.Descendants("PackageReference");

    public static Project Read(SourceFile file) => new(file.Path, XElement.Parse(file.Text));

    public bool Owns(SourceFile file) => file.Path.StartsWith(Folder + "/", StringComparison.Ordinal);
}
