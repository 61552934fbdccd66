using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>A section of names and values that the operator chooses; the balancer reads a few of them.</summary>
/// <param name="known">The names that the balancer reads. A similar name is reported as a typing mistake.</param>
internal sealed class FreeShape(params string[] known) : KeyShape
{
    public override string Expected => "a section of texts";

    public override IEnumerable<SettingsError> MistakesIn(IConfigurationSection section) =>
        from child in section.GetChildren()
        where !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)
        let name = NearestName.Find(child.Key, known)
        where name is not null
        select new SettingsError(child.Path, $"{child.Path} is not a known key: did you mean {name}?");
}
