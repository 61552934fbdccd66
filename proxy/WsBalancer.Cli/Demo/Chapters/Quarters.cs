using System.Globalization;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Reports the progress of an operation after each quarter, often enough to show the pace.</summary>
internal sealed class Quarters(Action<string> report)
{
    private const int Parts = 4;

    private long _last = -1;

    /// <remarks><paramref name="what"/> follows the two numbers in the text.</remarks>
    public void Show(long remaining, long total, string what)
    {
        var quarter = total is 0 ? 0 : ((remaining * Parts) + total - 1) / total;
        if (quarter != _last)
        {
            _last = quarter;
            report(string.Create(CultureInfo.InvariantCulture, $"{remaining} of {total} {what}"));
        }
    }
}
