using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WsBalancer.Repository.Tests;

/// <summary>
/// The order of the folders of a library: each may use only the folders before it. Files at the root may use
/// all folders. Root files that do so (the roof) must not be used by a folder; the other root files (the ground) may be
/// used by all.
/// </summary>
internal sealed class FolderOrder
{
    /// <summary>The libraries with an order, and their folders.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Libraries = new Dictionary<string, string[]>
    {
        ["WsBalancer.Proxy"] =
        [
            "Hosting", "Settings", "Checking", "Telemetry", "Framing", "Http", "Sockets", "Tunnels", "Identity",
            "State", "Fleet", "Health", "Access", "Admission", "Placement", "Serving", "Closing", "Peers", "Draining",
            "Rebalancing", "Admin",
        ],
        ["WsBalancer.Sockets"] =
        [
            "Linux", "Tcp", "Names", "Loops", "Epoll", "Uring", "Engines", "ProxyProtocol", "Transport",
        ],
    };

    private readonly string _namespace;
    private readonly string _project;
    private readonly string[] _folders;
    private readonly IReadOnlyList<SourceFile> _files;
    private readonly ILookup<string, string> _folderOfType;
    private readonly HashSet<string> _roof = [];

    public FolderOrder(string library, IEnumerable<SourceFile> files)
    {
        (_namespace, _project, _folders) = (library, ProjectOf(library), Libraries[library]);
        _files =
            [.. files.Where(file => file.IsCSharp && file.Path.StartsWith(_project + "/", StringComparison.Ordinal))];
        _folderOfType = (from file in _files
                         from type in ShapeRules.TopLevelTypes(file)
                         select (Name: ShapeRules.NameOf(type), Folder: FolderOf(file)))
            .ToLookup(type => type.Name, type => type.Folder);
        FindRoof();
    }

    /// <summary>The folder of a library's project.</summary>
    public static string ProjectOf(string library) => $"proxy/{library}";

    public IEnumerable<string> Violations() => _files.Where(file => FolderOf(file) != "").SelectMany(ViolationsIn);

    // A root file that uses a file of the roof belongs to the roof too.
    private void FindRoof()
    {
        var ground = _files.Where(file => FolderOf(file) == "").ToList();
        for (var found = true; found;)
        {
            found = ground.RemoveAll(IsRoof) > 0;
        }
    }

    private bool IsRoof(SourceFile file)
    {
        if (!file.Syntax.DescendantNodes().Any(node => UsedFolder(node) is not null))
        {
            return false;
        }

        _roof.UnionWith(ShapeRules.TopLevelTypes(file).Select(ShapeRules.NameOf));
        return true;
    }

    private IEnumerable<string> ViolationsIn(SourceFile file)
    {
        var folder = FolderOf(file);
        var rank = Array.IndexOf(_folders, folder);
        if (rank < 0)
        {
            return [$"{file.Path}: {folder} is not in the order of folders"];
        }

        return from name in file.Syntax.DescendantNodes()
               let used = UsedFolder(name)
               where used is not null && used != folder && Array.IndexOf(_folders, used) is var other
                   && (other < 0 || other > rank)
               select $"{file.At(name)}: {folder} must not use {(used == "" ? "the library's root" : used)} ({name})";
    }

    /// <summary>The folder of the type or namespace that a name refers to; "" for the roof; null otherwise.</summary>
    private string? UsedFolder(SyntaxNode node) => node switch
    {
        QualifiedNameSyntax name => OfQualified(name.Left.ToString(), name.Right.Identifier.Text),
        MemberAccessExpressionSyntax name => OfQualified(name.Expression.ToString(), name.Name.Identifier.Text),
        SimpleNameSyntax name => OfRootType(name),
        _ => null,
    };

    // "using WsBalancer.Proxy.X", "WsBalancer.Proxy.X.Type", and names that resolve without a using: "Proxy.X" and
    // "X.Type".
    private string? OfQualified(string left, string right)
    {
        if (left == _namespace || left == "global::" + _namespace || left == _namespace["WsBalancer.".Length..])
        {
            return _folders.Contains(right) ? right : _roof.Contains(right) ? "" : null;
        }

        return _folders.Contains(left) && _folderOfType[right].Contains(left) ? left : null;
    }

    // Types at the root need no using anywhere in the library. A name after a dot is a member of another type.
    private string? OfRootType(SimpleNameSyntax name)
    {
        var isMember = name.Parent is MemberAccessExpressionSyntax access && access.Name == name;

        return !isMember && _roof.Contains(name.Identifier.Text) ? "" : null;
    }

    private string FolderOf(SourceFile file)
    {
        var inside = file.Path[(_project.Length + 1)..];

        return inside.Contains('/') ? inside[..inside.IndexOf('/')] : "";
    }
}
