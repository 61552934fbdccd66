using System.Globalization;
using System.Text;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>The steps of a run. They are formatted only when they are read.</summary>
internal sealed class Trace
{
    private const int MostLines = 600;

    private readonly List<Step> _steps = [];

    public int Count => _steps.Count;

    public void Add(string subject, string what, long first = long.MinValue, long second = long.MinValue) =>
        _steps.Add(new Step(subject, what, first, second));

    /// <summary>The last steps.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var skipped = Math.Max(0, _steps.Count - MostLines);
        if (skipped > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"({skipped} steps before)");
        }

        for (var i = skipped; i < _steps.Count; i++)
        {
            var (subject, what, first, second) = _steps[i];
            text.Append(CultureInfo.InvariantCulture, $"{i,5} {subject}: {what}");
            Append(text, first);
            Append(text, second);
            text.AppendLine();
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, long number)
    {
        if (number != long.MinValue)
        {
            text.Append(CultureInfo.InvariantCulture, $" {number}");
        }
    }

    private readonly record struct Step(string Subject, string What, long First, long Second);
}
