using System.Globalization;
using System.Text;

namespace WsBalancer.Cli.Admin;

/// <summary>The query of a request, without the fields that are null. Each value is percent-encoded once.</summary>
internal sealed class QueryText
{
    private readonly StringBuilder _text = new();

    public QueryText With(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_text.Length is 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public QueryText With(string name, double? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds a flag only if it is set.</summary>
    public QueryText With(string name, bool value) => With(name, value ? "true" : null);

    public override string ToString() => _text.ToString();
}
