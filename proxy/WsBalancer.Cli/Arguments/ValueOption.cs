using System.CommandLine;
using System.CommandLine.Parsing;

namespace WsBalancer.Cli.Arguments;

/// <summary>An option whose text is parsed to a value; a text that cannot be parsed is a usage error.</summary>
internal sealed class ValueOption<T> : Option<T?>
    where T : struct
{
    private readonly Func<string, T?> _parse;

    /// <remarks>
    /// <paramref name="expected"/> describes the accepted values in an error message; <paramref name="parse"/> returns
    /// null for a text that is not one of them.
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

    /// <summary>
    /// The value for a validator; null for a wrong text, for which the library's <c>GetValue</c> would throw.
    /// </summary>
    public T? Peek(CommandResult result) =>
        result.GetResult(this) is { Tokens: [var token, ..] } ? _parse(token.Value) : null;
}
