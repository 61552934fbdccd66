namespace WsBalancer.Cli.Output;

/// <summary>A question at the terminal; any answer other than y or yes means no.</summary>
internal sealed class ConfirmationPrompt(TextReader input, TextWriter output)
{
    public async Task<bool> ConfirmAsync(string question, CancellationToken cancellation)
    {
        await output.WriteAsync($"{question} [y/N] ");
        await output.FlushAsync(cancellation);

        // A read from the console cannot be cancelled: the read is abandoned, and the command ends.
        var answer = await Task.Run(input.ReadLine, CancellationToken.None).WaitAsync(cancellation);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
