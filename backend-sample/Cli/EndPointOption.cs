using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using StackExchange.Redis;

namespace WsBalancer.BackendSample.Cli;

/// <summary>Options with the address of a server.</summary>
internal static class EndPointOption
{
    public static Option<EndPoint?> Create(string name, string description, string example) => new(name)
    {
        Description = description,
        HelpName = "HOST:PORT",
        CustomParser = result => Parse(name, example, result),
    };

    private static EndPoint? Parse(string name, string example, ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var colon = text.LastIndexOf(':');
        if (colon > 0
            && int.TryParse(text.AsSpan(colon + 1), out var port) && port is >= 1 and <= IPEndPoint.MaxPort
            && EndPointCollection.TryParse(text) is { } endpoint)
        {
            return endpoint;
        }

        result.AddError($"{name}: '{text}' is not HOST:PORT, such as {example}.");
        return null;
    }
}
