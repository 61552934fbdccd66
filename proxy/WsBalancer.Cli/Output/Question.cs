namespace WsBalancer.Cli.Output;

/// <summary>Asks the person at the terminal; anything but a yes is a no.</summary>
internal sealed class Question(TextReader input, TextWriter output)
{
    public bool Ask(string question)
    {
        output.Write($"{question} [y/N] ");
        output.Flush();
        return input.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
