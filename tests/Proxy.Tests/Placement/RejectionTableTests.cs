using System.Reflection;
using System.Text.Json;
using WsBalancer.Proxy.Admission;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>The table of reasons in <c>proxy/README.md</c> contains each reason, with its status.</summary>
public sealed class RejectionTableTests
{
    [Fact]
    public void Table_HasEveryReason()
    {
        var rows = File.ReadLines(Find("proxy", "README.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => $"{cells[1]} {cells[2]}")
            .ToHashSet(StringComparer.Ordinal);

        Assert.Empty(All().Select(rejection => $"`{rejection.Label}` {rejection.Status}").Except(rows));
    }

    [Fact]
    public void Reasons_HaveLabelsOfTheirOwn_AndBodies()
    {
        var all = All().ToArray();

        Assert.Equal(all.Length, all.Select(rejection => rejection.Label).Distinct().Count());
        Assert.All(all, rejection =>
        {
            using var body = JsonDocument.Parse(rejection.Body);
            Assert.Matches("^[a-z0-9_]+$", rejection.Label);
            Assert.Equal(rejection.Label, body.RootElement.GetProperty("reason").GetString());
            Assert.Equal(rejection.Status, body.RootElement.GetProperty("status").GetInt32());
        });
    }

    private static IEnumerable<Rejection> All() =>
        from type in typeof(Rejection).Assembly.GetTypes()
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public)
        where field.FieldType == typeof(Rejection)
        select (Rejection)field.GetValue(null)!;

    private static string Find(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine([folder.FullName, .. path])))
        {
            folder = folder.Parent;
        }

        return Path.Combine([folder?.FullName ?? "", .. path]);
    }
}
