using System.Text;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Output;

/// <summary>
/// Writes lines of text in which every invisible character is escaped (<see cref="VisibleText"/>), so that received
/// text cannot control a terminal. Only <c>WriteLine</c> writes line ends.
/// </summary>
internal sealed class VisibleWriter(TextWriter exact) : TextWriter
{
    public override Encoding Encoding => exact.Encoding;

    public override void Write(char value) => exact.Write(VisibleText.Of(value.ToString()));

    public override void Write(string? value) => exact.Write(VisibleText.Of(value ?? ""));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine() => exact.WriteLine();

    public override void WriteLine(string? value) => exact.WriteLine(VisibleText.Of(value ?? ""));

    public override Task WriteLineAsync(string? value) => exact.WriteLineAsync(VisibleText.Of(value ?? ""));

    /// <summary>Writes a text of several lines, and keeps its line ends.</summary>
    public async Task WriteLinesAsync(string text)
    {
        foreach (var line in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            await WriteLineAsync(line);
        }
    }

    public override void Flush() => exact.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => exact.FlushAsync(cancellationToken);
}
