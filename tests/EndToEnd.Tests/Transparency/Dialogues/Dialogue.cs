using System.Text;

namespace WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

/// <summary>Carries out the steps of a case between a client and a node, and reports the first that fails.</summary>
/// <param name="client">The client's end of its connection.</param>
/// <param name="node">The port of the node.</param>
/// <param name="names">The values of the placeholders of a case.</param>
/// <param name="pulse">The signal that a party has received bytes.</param>
/// <param name="timeout">The time limit of a step.</param>
internal sealed class Dialogue(Party client, NodePort node, Names names, Pulse pulse, TimeSpan timeout)
{
    private Party? _connection;
    private string _method = "GET";
    private string _clientSent = "";
    private string _nodeSent = "";

    private Party Connection =>
        _connection ?? throw new InvalidOperationException("The case uses the node before it received anything.");

    /// <summary>Carries out a case, and returns the failure, or null.</summary>
    public async Task<string?> Run(IReadOnlyList<Step> steps)
    {
        foreach (var (i, step) in steps.Index())
        {
            if (await Take(step) is { } failure)
            {
                return $"{failure}\n(step {i + 1}, {step.GetType().Name})\n{Transcript()}";
            }
        }

        return Leftovers() is { } rest ? $"{rest}\n{Transcript()}" : null;
    }

    private async Task<string?> Take(Step step)
    {
        switch (step)
        {
            case Step.ClientSends(var bytes):
                await ClientSends(Spell(bytes));
                return null;
            case Step.NodeSends(var bytes):
                _nodeSent = Spell(bytes);
                await Connection.Send(_nodeSent);
                return null;
            case Step.ClientFinishes:
                await client.FinishSending();
                return null;
            case Step.NodeFinishes:
                await Connection.FinishSending();
                return null;
            case Step.NodeResets:
                Connection.Reset();
                return null;
            case Step.ClientResets:
                client.Reset();
                return null;
            case Step.ClientConnectionEnds(var mayReceive):
                return await ConnectionEnds(client) ?? Skip(mayReceive);
            case Step.NodeConnectionEnds:
                return await ConnectionEnds(Connection);
            case Step.NodeReceivedRequests(var count):
                return node.Connections.Count == count
                    ? null
                    : $"the node received {node.Connections.Count} requests";
            default:
                return await Receive(step);
        }
    }

    private Task<string?> Receive(Step step) => step switch
    {
        Step.NodeReceives(var message, var isWhole) => NodeReceives(message, isWhole),
        Step.ClientReceives(var message, var isWhole) => Receive(client, message, isWhole),
        Step.NodeReceivesMore(var content, var isWhole) => ReceiveMore(Connection, content, isWhole),
        Step.ClientReceivesMore(var content, var isWhole) => ReceiveMore(client, content, isWhole),
        Step.ClientIsRefused(var statuses) => ReceiveError(statuses, mayReachNode: false),
        Step.ClientReceivesError(var statuses) => ReceiveError(statuses, mayReachNode: true),
        _ => throw new ArgumentException($"{step} is not a step that receives.", nameof(step)),
    };

    private Task ClientSends(string bytes)
    {
        _clientSent = bytes;
        var line = bytes.Split("\r\n")[0];
        if (line.Contains(" HTTP/", StringComparison.Ordinal))
        {
            _method = line.Split(' ')[0];
        }

        return client.Send(bytes);
    }

    private async Task<string?> ConnectionEnds(Party party) =>
        await pulse.Until(() => party.End is not null, timeout)
            ? null
            : $"{Name(party)}'s connection stays open";

    private string? Skip(bool mayReceive)
    {
        client.Consumed = mayReceive ? client.Received.Length : client.Consumed;
        return null;
    }

    private async Task<string?> NodeReceives(string? message, bool isWhole)
    {
        await pulse.Until(() => Arrived() is not null || client.HasNews || client.End is not null, timeout);
        if (Arrived() is not { } connection)
        {
            return client.HasNews
                ? $"the client received '{FirstLine(client)}', the node no request"
                : $"no request reached the node{Ended(client)}";
        }

        _connection = connection;
        return await Receive(connection, message, isWhole);
    }

    private Party? Arrived() =>
        _connection is { HasNews: true } ? _connection : node.Connections.FirstOrDefault(party => party.HasNews);

    private async Task<string?> Receive(Party party, string? message, bool isWhole)
    {
        var text = message is null ? party == client ? _nodeSent : _clientSent : Spell(message);
        var sent = ReadMessage.At(text, 0, true, MethodFor(party))
            ?? throw new InvalidOperationException("The case expects a message without a whole head.");
        var expected = message is null ? sent with { Head = HeadComparison.PassedOn(sent.Head) } : sent;
        party.Content = "";
        await pulse.Until(() => IsOver(party, expected.Content, isWhole), timeout);
        if (Read(party) is not { } actual)
        {
            return $"{Name(party)} received no whole head{Ended(party)}";
        }

        var differences = HeadComparison.Differences(expected.Head, actual.Head).ToList();
        if (differences.Count > 0)
        {
            return $"{Name(party)} received {Report.Line(string.Join("; ", differences))}";
        }

        return isWhole && actual.IsWhole && !HeadComparison.SameTrailers(expected.Trailers, actual.Trailers)
            ? $"{Name(party)} received trailers '{Report.Line(actual.Trailers)}', "
                + $"not '{Report.Line(expected.Trailers)}'"
            : Consume(party, actual, expected.Content, isWhole);
    }

    private async Task<string?> ReceiveMore(Party party, string content, bool isWhole)
    {
        var all = party.Content + content;
        await pulse.Until(() => IsOver(party, all, isWhole), timeout);
        return Consume(party, Read(party)!, all, isWhole);
    }

    private async Task<string?> ReceiveError(int[] statuses, bool mayReachNode)
    {
        await pulse.Until(
            () =>
                Read(client) is { IsWhole: true } || client.End is not null || (!mayReachNode && Arrived() is not null),
            timeout);
        if (!mayReachNode && Arrived() is { } connection)
        {
            return $"the node received '{FirstLine(connection)}'";
        }

        if (Read(client) is not { IsWhole: true } actual)
        {
            return $"the client received no whole answer{Ended(client)}";
        }

        (client.Consumed, client.Content) = (actual.End, null);
        return statuses.Any(status => actual.Head.StartLine.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal))
            ? null
            : $"the client received '{actual.Head.StartLine}' instead of {string.Join(" or ", statuses)}";
    }

    private ReadMessage? Read(Party party) =>
        ReadMessage.At(party.Received, party.Consumed, party.End is not null, MethodFor(party));

    private string? MethodFor(Party party) => party == client ? _method : null;

    private bool IsOver(Party party, string content, bool isWhole) =>
        party.End is not null || (Read(party) is { } read
            && (read.IsWhole || (!isWhole && read.Content.Length >= content.Length)));

    private string? Consume(Party party, ReadMessage actual, string content, bool isWhole)
    {
        if (actual.Content != content)
        {
            return $"{Name(party)} received content '{Report.Line(actual.Content)}', not '{Report.Line(content)}'";
        }

        if (isWhole && !actual.IsWhole)
        {
            return $"{Name(party)} received no end of the message{Ended(party)}";
        }

        party.Content = isWhole ? null : content;
        party.Consumed = isWhole ? actual.End : party.Consumed;
        return null;
    }

    private string? Leftovers() => client.HasNews
        ? $"the client received more: '{FirstLine(client)}'"
        : node.Connections.FirstOrDefault(party => party.HasNews) is { } extra
            ? $"the node received more: '{FirstLine(extra)}'"
            : null;

    private string Spell(string text) => text
        .Replace(Case.Host, names.Host, StringComparison.Ordinal)
        .Replace(Case.Client, names.Client, StringComparison.Ordinal);

    private string Name(Party party) => party == client ? "the client" : "the node";

    private static string Ended(Party party) => party.End is { } end ? $"; its connection ended: {end}" : "";

    private static string FirstLine(Party party) => Report.Line(party.Received[party.Consumed..].Split("\r\n")[0]);

    private string Transcript()
    {
        var transcript = new StringBuilder(Report.Block("client sent", client.Sent))
            .Append(Report.Block("client received", $"{client.Received}\n[{client.End ?? "open"}]"));
        foreach (var party in node.Connections)
        {
            transcript.Append(Report.Block("node received", $"{party.Received}\n[{party.End ?? "open"}]"))
                .Append(Report.Block("node sent", party.Sent));
        }

        return transcript.ToString();
    }
}

/// <summary>The values of a case's placeholders.</summary>
/// <param name="Host">The Host of the route to the node.</param>
/// <param name="Client">The client's address.</param>
internal sealed record Names(string Host, string Client);
