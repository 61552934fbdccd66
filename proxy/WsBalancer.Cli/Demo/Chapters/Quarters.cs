using System.Globalization;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Says how far something is whenever another quarter of it is done: enough to see that it is paced.</summary>
internal sealed class Quarters(Action<string> say)
{
    private const int Parts = 4;

    private long _last = -1;

    /// <param name="remaining">What is left.</param>
    /// <param name="total">What there was.</param>
    /// <param name="what">What it is that is left.</param>
    public void Show(long remaining, long total, string what)
    {
        var quarter = total is 0 ? 0 : ((remaining * Parts) + total - 1) / total;
        if (quarter != _last)
        {
            _last = quarter;
            say(string.Create(CultureInfo.InvariantCulture, $"{remaining} of {total} {what}"));
        }
    }
}
