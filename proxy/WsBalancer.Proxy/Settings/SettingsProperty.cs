using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace WsBalancer.Proxy.Settings;

/// <summary>One setting of a record: its type, its valid values, and their description for messages.</summary>
internal sealed class SettingsProperty
{
    private readonly object _record;
    private readonly PropertyInfo _property;
    private readonly bool _mayBeOff;
    private readonly SettingsBounds? _bounds;
    private readonly ValidationAttribute[] _rules;

    private SettingsProperty(object record, PropertyInfo property)
    {
        _record = record;
        _property = property;
        var type = property.PropertyType;
        IsList = ItemOf(type) is not null;
        _mayBeOff = Nullable.GetUnderlyingType(type) is not null || property.IsDefined(typeof(MayBeOffAttribute));
        Type = ItemOf(type) ?? Nullable.GetUnderlyingType(type) ?? type;
        IsSection = Type.IsClass && !SettingsScalar.IsClassOfValues(Type);
        IsSecret = property.IsDefined(typeof(SecretAttribute)) || (IsSection && HoldsSecrets(Type));
        IsRequired = property.IsDefined(typeof(RequiredAttribute))
            || property.IsDefined(typeof(RequiredMemberAttribute));
        _bounds = property.GetCustomAttribute<RangeAttribute>() is { } range ? new SettingsBounds(range, Type) : null;
        _rules = [.. property.GetCustomAttributes<ValidationAttribute>()
            .Where(rule => rule is not (RangeAttribute or RequiredAttribute))];
        Expected = !IsSection ? DescribeScalar()
            : IsList ? $"a list, each {DescribeSection(Type)}"
            : DescribeSection(Type);
    }

    public string Name => _property.Name;

    /// <summary>The type of one value: of an item for a list, of the value for a setting that may be off.</summary>
    public Type Type { get; }

    public bool IsList { get; }

    public bool IsSection { get; }

    /// <summary>True if a message must not show the value; a section is secret if anything in it is.</summary>
    public bool IsSecret { get; }

    public bool IsRequired { get; }

    /// <summary>The valid values as text, to follow the word "expected".</summary>
    public string Expected { get; }

    public object? Value
    {
        get => _property.GetValue(_record);
        set => _property.SetValue(_record, value);
    }

    /// <summary>The settings of a record, bound to it: its public properties that can be set or initialised.</summary>
    public static SettingsProperty[] Of(object record) =>
        [.. SettableProperties(record.GetType()).Select(property => new SettingsProperty(record, property))];

    public static bool HoldsSecrets(Type type) => SettableProperties(type).Any(property =>
        property.IsDefined(typeof(SecretAttribute))
        || ((ItemOf(property.PropertyType) ?? property.PropertyType) is var inner
            && inner.Assembly == type.Assembly && HoldsSecrets(inner)));

    public static string DescribeSection(Type type) =>
        $"a section with the keys {string.Join(", ", SettableProperties(type).Select(property => property.Name))}";

    /// <summary>Reads one value and checks it against bounds and rules; false if it is not valid.</summary>
    public bool TryParse(string text, out object? value)
    {
        value = null;
        if (_mayBeOff && IsOff(text))
        {
            return true;
        }

        value = SettingsScalar.Parse(Type, text);
        var parsed = value;
        return parsed is not null
            && (_bounds is null || _bounds.Contains(parsed))
            && Array.TrueForAll(_rules, rule => rule.IsValid(parsed));
    }

    private static Type? ItemOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? type.GetGenericArguments()[0]
        : null;

    private static bool IsOff(string text) =>
        text.Equals("off", StringComparison.OrdinalIgnoreCase)
        || text.Equals("none", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<PropertyInfo> SettableProperties(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true });

    private string DescribeScalar()
    {
        var rules = _rules.Select(rule => rule switch
        {
            { ErrorMessage: { } message } => message,
            RegularExpressionAttribute pattern => $"{SettingsScalar.Describe(Type)} matching {pattern.Pattern}",
            _ => rule.FormatErrorMessage(Name),
        });
        var one = _rules.Length > 0 ? string.Join(" and ", rules) : SettingsScalar.Describe(Type);
        var all = IsList ? $"a list, each {one}" : one;
        var initial = SettingsScalar.Format(Value) ?? (_mayBeOff ? "off" : null);

        return all
            + (_bounds is null ? "" : $" {_bounds.Description}")
            + (_mayBeOff ? ", or off" : "")
            + (IsSecret || initial is null ? "" : $" (default {initial})");
    }
}
