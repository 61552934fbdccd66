using System.CommandLine;
using WsBalancer.Cli.Arguments;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>The options of a command that can wait for the end of what it has begun.</summary>
internal sealed class WaitOptions
{
    /// <param name="description">The description of <c>--wait</c> in the help.</param>
    /// <param name="standard">The default of <c>--timeout</c>; null for no limit.</param>
    public WaitOptions(string description, TimeSpan? standard = null)
    {
        Wait = new Option<bool>("--wait") { Description = description };
        var limit = standard is { } time ? $" [default: {time.TotalSeconds:0}s]" : "";
        Timeout = MoveOptions.Duration("--timeout", $"The limit of the wait, after which the exit code is 1{limit}");
        Standard = standard;
    }

    public Option<bool> Wait { get; }

    public ValueOption<TimeSpan> Timeout { get; }

    private TimeSpan? Standard { get; }

    /// <summary>Adds the rule that <c>--timeout</c> requires <c>--wait</c>.</summary>
    public void Validate(Command command) => command.Validators.Add(result =>
    {
        if (result.GetResult(Timeout) is not null && result.GetResult(Wait) is null)
        {
            result.AddError("--timeout requires --wait.");
        }
    });

    /// <returns>Null if the command does not wait.</returns>
    public WaitLimit? Read(ParseResult parsed, TimeProvider time) =>
        parsed.GetValue(Wait) ? new WaitLimit(time, parsed.GetValue(Timeout) ?? Standard) : null;
}
