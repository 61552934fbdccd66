namespace WsBalancer.EndToEnd.Tests.Operations.Page;

/// <summary>The page for operators: its commands by section, each with the output that the page shows.</summary>
internal static class OperationsPage
{
    private const string Indent = "    ";
    private const string Prompt = $"{Indent}$ ";
    private const string Continuation = $"{Indent}> ";

    /// <summary>The sections that have commands, in their order.</summary>
    public static IReadOnlyList<PageSection> Sections { get; } = Read(File.ReadAllLines(
        Path.Combine(AppContext.BaseDirectory, "OPERATIONS.md")));

    public static PageSection Find(string title) => Sections.Single(section => section.Title == title);

    private static List<PageSection> Read(string[] lines)
    {
        var sections = new List<PageSection>();
        var (title, steps) = ("", new List<PageStep>());
        List<string>? output = null;
        foreach (var line in lines.Append("## "))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                if (steps.Count > 0)
                {
                    sections.Add(new PageSection(title, steps));
                }

                (title, steps, output) = (line[3..], [], null);
            }
            else if (line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                output = [];
                steps.Add(new PageStep(line[Prompt.Length..], output));
            }
            else if (line.StartsWith(Continuation, StringComparison.Ordinal))
            {
                steps[^1] = steps[^1] with { Command = $"{steps[^1].Command}\n{line[Continuation.Length..]}" };
            }
            else if (!line.StartsWith(Indent, StringComparison.Ordinal))
            {
                output = null;
            }
            else
            {
                output?.Add(line[Indent.Length..]);
            }
        }

        return sections;
    }
}

/// <summary>A section of the page.</summary>
internal sealed record PageSection(string Title, IReadOnlyList<PageStep> Steps);

/// <summary>
/// A command of the page and the output below it. A command in "…" is a step that the reader performs.
/// </summary>
internal sealed record PageStep(string Command, IReadOnlyList<string> Output)
{
    public bool IsReaders => Command.StartsWith('…') && Command.EndsWith('…');
}
