using System.CommandLine;
using System.CommandLine.Parsing;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands;

/// <summary>
/// A command that calls a running balancer: it takes the admin options, and runs with a client for them.
/// </summary>
internal sealed class OperatorCommand : Command
{
    /// <remarks><paramref name="run"/> executes the command, and returns the exit code.</remarks>
    public OperatorCommand(
        string name,
        string description,
        Func<Operation, CancellationToken, Task<int>> run,
        params IEnumerable<Symbol> symbols)
        : base(name, description)
    {
        foreach (var symbol in symbols)
        {
            Take(symbol);
        }

        AdminOptions.AddTo(this);
        Validators.Add(RefuseNames);
        SetAction((parsed, cancellation) => RunAsync(run, parsed, cancellation));
    }

    /// <summary>The examples in the command's help: command lines without the name of the program.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Whether the command lists objects with ids, and therefore accepts <c>--output name</c>.</summary>
    public bool HasNames { get; init; }

    private void RefuseNames(CommandResult result)
    {
        if (!HasNames && AdminOptions.FormOf(result) is OutputForm.Names)
        {
            result.AddError($"--output name is for what lists by id; '{Product.Name} {Name}' does not.");
        }
    }

    private static async Task<int> RunAsync(
        Func<Operation, CancellationToken, Task<int>> run, ParseResult parsed, CancellationToken cancellation)
    {
        var settings = AdminOptions.Read(parsed);
        var output = parsed.InvocationConfiguration;
        await using var error = new VisibleWriter(output.Error);
        using var interruption = new Interruption(cancellation);
        using var client = new AdminClient(settings);
        var operation = new Operation(parsed, settings, client, CommandOutput.Of(output, settings.Form), error);
        try
        {
            return await run(operation, interruption.Token);
        }
        catch (CommandFailure failure)
        {
            failure.IsDocumented = operation.HasDocument;
            throw;
        }
        catch (OperationCanceledException ended) when (interruption.HasHappened)
        {
            throw new CommandFailure(
                interruption.ExitCode, ended is WaitEndedException ? ended.Message : "Interrupted.")
            {
                IsDocumented = operation.HasDocument,
            };
        }
    }

    private void Take(Symbol symbol)
    {
        switch (symbol)
        {
            case Argument argument:
                Add(argument);
                break;
            case Option option:
                Add(option);
                break;
            case Command command:
                Add(command);
                break;
            default:
                throw new ArgumentException($"A command has no place for a {symbol.GetType().Name}.", nameof(symbol));
        }
    }
}
