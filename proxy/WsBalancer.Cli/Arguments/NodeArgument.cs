using System.Text.RegularExpressions;
using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Arguments;

/// <summary>A node on the command line: <c>ID=URL</c> or <c>ID=URL@WEIGHT</c>.</summary>
internal sealed partial record NodeArgument(string Id, string Url, string? Weight)
{
    /// <summary>Parses a node. The weight is the digits after the last <c>@</c>; null without them.</summary>
    /// <exception cref="CommandFailure">
    /// The text is not of that form; the message contains the expected form.
    /// </exception>
    public static NodeArgument Parse(string text)
    {
        var match = Form().Match(text);
        var url = match.Groups["url"].Value;
        if (!match.Success
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https"))
        {
            throw new CommandFailure(
                ExitCode.Usage,
                $"'{text}': expected ID=URL or ID=URL@WEIGHT, as in ws-1=http://10.0.0.1:5000@2.");
        }

        var weight = match.Groups["weight"];
        return new NodeArgument(match.Groups["id"].Value, url, weight.Success ? weight.Value : null);
    }

    /// <exception cref="CommandFailure">The weight is too large.</exception>
    public NodeBody ToBody(string? ringKey = null) => new()
    {
        Id = Id,
        Address = Url,
        Weight = Weight is { } weight ? WeightOf(Id, weight) : null,
        RingKey = ringKey,
    };

    private static int WeightOf(string id, string weight) => WeightArgument.ParseWeight(weight)
        ?? throw new CommandFailure(ExitCode.Usage, $"'{id}' would weigh {weight}: a weight is from 0 to 65535.");

    [GeneratedRegex("^(?<id>[^=]+)=(?<url>.+?)(@(?<weight>[0-9]+))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
