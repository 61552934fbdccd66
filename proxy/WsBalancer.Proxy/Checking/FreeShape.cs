using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Checking;

/// <summary>Names and values of the operator's choice, of which a few mean something to the balancer.</summary>
/// <param name="known">These few: a name that is nearly one of them is a typing mistake.</param>
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
