namespace WsBalancer.Cli.Help;

/// <summary>What the manual page has beside the commands, as the program's own help has it.</summary>
/// <param name="Summary">What the program does, in one sentence.</param>
/// <param name="Examples">Command lines, one a line.</param>
/// <param name="ExitCodes">What the exit codes mean.</param>
internal sealed record ManText(string Summary, string Examples, string ExitCodes);
