using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using WsBalancer.Cli.Commands;

namespace WsBalancer.Cli.Help;

/// <summary>The help of the library, followed by the examples of the command.</summary>
internal sealed class ExamplesHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    /// <summary>Replaces the help of the root and of every command below it.</summary>
    public static void AddTo(RootCommand root) =>
        root.Options.OfType<HelpOption>().Single().Action = new ExamplesHelp();

    public override bool ClearsParseErrors => _help.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is OperatorCommand { Examples.Count: > 0 } command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in command.Examples)
            {
                output.WriteLine($"  {Product.Name} {example}");
            }

            output.WriteLine();
        }

        return code;
    }
}
