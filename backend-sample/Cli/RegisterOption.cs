using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;

namespace WsBalancer.BackendSample.Cli;

/// <summary><c>--register CLUSTER</c>, and the options that require it.</summary>
internal static class RegisterOption
{
    private const int HighestWeight = 65_535;

    private static readonly RegistrationOptions Normally = new() { Cluster = "" };

    private static readonly Option<string?> Cluster = new("--register")
    {
        Description = "Register with the balancers of this cluster, in the Redis of --redis, for as long as it runs.",
        HelpName = "CLUSTER",
        CustomParser = ParseCluster,
    };

    private static readonly Option<string?> Advertise = new("--advertise")
    {
        Description = "Where balancers reach the node. Without it, where it listens.",
        HelpName = "URL",
        CustomParser = ParseAdvertise,
    };

    private static readonly Option<int?> Weight = NumberOption.Create(
        "--weight", "Its part of the users, relative to the others'; 0 for none.", Normally.Weight, least: 0,
        most: HighestWeight);

    private static readonly Option<string?> Prefix = new("--prefix")
    {
        Description = $"What the balancers' keys begin with, their State:Prefix. [default: {Normally.Prefix}]",
        HelpName = "P",
    };

    /// <summary>Adds the options to <c>serve</c>.</summary>
    public static void AddTo(Command serve, Option<string> urls, Option redis)
    {
        foreach (var option in new Option[] { Cluster, Advertise, Weight, Prefix })
        {
            serve.Options.Add(option);
        }

        serve.Validators.Add(result => Check(result, urls, redis));
    }

    public static RegistrationOptions? Bind(ParseResult parsed) => parsed.GetValue(Cluster) is { } cluster
        ? new RegistrationOptions
        {
            Cluster = cluster,
            Address = parsed.GetValue(Advertise),
            Weight = parsed.GetValue(Weight) ?? Normally.Weight,
            Prefix = parsed.GetValue(Prefix) ?? Normally.Prefix,
        }
        : null;

    private static void Check(CommandResult result, Option<string> urls, Option redis)
    {
        if (result.GetResult(Cluster) is null)
        {
            var alone = new Option[] { Advertise, Weight, Prefix }
                .FirstOrDefault(option => result.GetResult(option) is not null);
            if (alone is not null)
            {
                result.AddError($"{alone.Name} requires --register CLUSTER.");
            }

            return;
        }

        if (result.GetResult(redis) is null)
        {
            result.AddError("--register needs --redis HOST:PORT: that is where balancers look for nodes.");
        }

        if (result.GetResult(Advertise) is null && IsWildcard(result.GetValue(urls)))
        {
            result.AddError(
                $"--register: balancers cannot connect to '{result.GetValue(urls)}': "
                + "expected the address of the node in --advertise.");
        }
    }

    private static bool IsWildcard(string? urls) =>
        Uri.TryCreate(urls?.Split(';')[0], UriKind.Absolute, out var url)
        && IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)
        && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    private static string? ParseCluster(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Length == 0 || text.Any(letter => letter == ':' || char.IsWhiteSpace(letter)))
        {
            result.AddError($"--register: '{text}' is not the name of a cluster: no colon, no space.");
        }

        return text;
    }

    private static string? ParseAdvertise(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            result.AddError($"--advertise: '{text}' is not an address such as http://10.0.0.1:5001.");
        }

        return text;
    }
}
