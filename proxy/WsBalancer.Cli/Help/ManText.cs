namespace WsBalancer.Cli.Help;

/// <summary>The texts of the manual page that do not describe a command; they are also in the program's help.</summary>
/// <param name="Summary">The purpose of the program, in one sentence.</param>
/// <param name="Examples">Command lines, one a line.</param>
/// <param name="ExitCodes">The meaning of the exit codes.</param>
internal sealed record ManText(string Summary, string Examples, string ExitCodes);
