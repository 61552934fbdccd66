using System.CommandLine;
using System.CommandLine.Parsing;

namespace WsBalancer.Cli.Arguments;

/// <summary>An option whose text must mean something; any other text is a wrong command line.</summary>
internal sealed class ValueOption<T> : Option<T?>
    where T : struct
{
    private readonly Func<string, T?> _parse;

    /// <remarks>
    /// <paramref name="expected"/> is what an error message calls the values it takes; <paramref name="parse"/> returns
    /// null for a text that means nothing.
    /// </remarks>
    public ValueOption(string name, string helpName, string description, string expected, Func<string, T?> parse)
        : base(name)
    {
        _parse = parse;
        Description = description;
        HelpName = helpName;
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var value = parse(text);
            if (value is null)
            {
                result.AddError($"{name} takes {expected}, not '{text}'.");
            }

            return value;
        };
    }

    /// <summary>The value for a validator, where the library fails on a text that is wrong by itself.</summary>
    public T? Peek(CommandResult result) =>
        result.GetResult(this) is { Tokens: [var token, ..] } ? _parse(token.Value) : null;
}
