using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace WsBalancer.Proxy.Settings;

/// <summary>The least and the greatest value of a setting, from its <see cref="RangeAttribute"/>.</summary>
internal sealed class SettingsBounds
{
    private readonly IComparable _minimum;
    private readonly IComparable _maximum;
    private readonly bool _aboveMinimum;
    private readonly bool _belowMaximum;

    public SettingsBounds(RangeAttribute range, Type type)
    {
        _minimum = Convert(range.Minimum, type);
        _maximum = Convert(range.Maximum, type);
        _aboveMinimum = range.MinimumIsExclusive;
        _belowMaximum = range.MaximumIsExclusive;
        Description = Describe();
    }

    /// <summary>
    /// The description of the bounds in an error message, after the name of the type: <c>from 1 to 10</c>.
    /// </summary>
    public string Description { get; }

    public bool Contains(object value) =>
        _minimum.CompareTo(value) is var low && (low < 0 || (low == 0 && !_aboveMinimum))
        && _maximum.CompareTo(value) is var high && (high > 0 || (high == 0 && !_belowMaximum));

    private string Describe()
    {
        var least = $"{(_aboveMinimum ? "above" : "from")} {SettingsScalar.Format(_minimum)}";

        return _maximum is int.MaxValue or long.MaxValue or double.MaxValue
            ? _aboveMinimum ? least : $"of at least {SettingsScalar.Format(_minimum)}"
            : $"{least} {(_belowMaximum ? "to below" : "to")} {SettingsScalar.Format(_maximum)}";
    }

    private static IComparable Convert(object bound, Type type) => bound switch
    {
        // Bounds of durations are texts, read as in the file; the attribute's own conversion supports only hh:mm:ss.
        string text => (IComparable?)SettingsScalar.Parse(type, text)
            ?? throw new FormatException($"'{text}' is not a {type.Name}."),
        // The attribute has no constructor for long and keeps a long as a double, which rounds the greatest value up.
        double number when type == typeof(long) => long.CreateSaturating(number),
        _ => (IComparable)System.Convert.ChangeType(bound, type, CultureInfo.InvariantCulture),
    };
}
