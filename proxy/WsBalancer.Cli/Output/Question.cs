namespace WsBalancer.Cli.Output;

/// <summary>A question at the terminal; any answer other than y or yes means no.</summary>
internal sealed class Question(TextReader input, TextWriter output)
{
    public bool Ask(string question)
    {
        output.Write($"{question} [y/N] ");
        output.Flush();
        return input.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
