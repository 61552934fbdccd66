using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands;

/// <summary>What one run of an operator's command works with.</summary>
internal sealed record Operation(ParseResult Parsed, AdminSettings Settings, AdminClient Client, CommandOutput Output);
