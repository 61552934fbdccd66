using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>
/// Reads the limits and switches under <c>Kestrel</c> into the server's options, each by the name of its property. The
/// server's own reader reads endpoints and certificates only.
/// </summary>
/// <remarks>
/// The setters of the options check the bounds, so a value is checked by setting it. Durations and sizes have the
/// syntax of the rest of the file; <c>off</c> is no limit.
/// </remarks>
internal sealed class ServerLimits(List<SettingsError> errors)
{
    private static readonly SectionShape RateShape = new(
    [
        (nameof(MinDataRate.BytesPerSecond), ShapeOf(typeof(double))),
        (nameof(MinDataRate.GracePeriod), ShapeOf(typeof(TimeSpan))),
    ]);

    /// <summary>The keys that <see cref="Apply"/> reads.</summary>
    public static IEnumerable<string> Names { get; } =
    [
        .. Settable(typeof(KestrelServerOptions)).Select(property => property.Name),
        nameof(KestrelServerOptions.Limits),
    ];

    /// <summary>Sets the options in the section, and adds an error for each unknown key or wrong value.</summary>
    /// <param name="kestrel">The section <c>Kestrel</c>.</param>
    /// <param name="options">The options.</param>
    public void Apply(IConfigurationSection kestrel, KestrelServerOptions options)
    {
        foreach (var property in Settable(typeof(KestrelServerOptions)))
        {
            Set(kestrel.GetSection(property.Name), property, options);
        }

        var limits = kestrel.GetSection(nameof(options.Limits));
        SetAll(limits, options.Limits);
        if (!limits.GetSection(nameof(options.Limits.MaxRequestBufferSize)).Exists())
        {
            options.Limits.MaxRequestBufferSize = new long?[]
            {
                options.Limits.MaxRequestBufferSize,
                options.Limits.MaxRequestLineSize,
                options.Limits.MaxRequestHeadersTotalSize,
            }.Max();
        }

        AddTooSmallBuffer(limits, options.Limits);
    }

    // Sets all properties with a public setter, and those of the sections within.
    private void SetAll(IConfigurationSection section, object options)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            Add(section, "a section of limits");
            return;
        }

        var properties = Settable(options.GetType()).ToArray();
        var sections = SectionsOf(options.GetType()).ToArray();
        string[] known = [.. properties.Concat(sections).Select(property => property.Name)];
        foreach (var child in section.GetChildren())
        {
            if (Find(properties, child.Key) is { } property)
            {
                Set(child, property, options);
            }
            else if (Find(sections, child.Key)?.GetValue(options) is { } inner)
            {
                SetAll(child, inner);
            }
            else
            {
                errors.Add(SettingsError.UnknownKey(child, known));
            }
        }
    }

    private void Set(IConfigurationSection section, PropertyInfo property, object options)
    {
        var isOptional = Nullable.GetUnderlyingType(property.PropertyType) is not null
            || property.PropertyType == typeof(MinDataRate);
        if (section.Value is { } text && isOptional && text.ToUpperInvariant() is "OFF" or "NONE")
        {
            property.SetValue(options, null);
        }
        else if (property.PropertyType == typeof(MinDataRate))
        {
            SetRate(section, property, options);
        }
        else if (section.GetChildren().Any())
        {
            errors.Add(new SettingsError(
                section.Path, $"{section.Path} is a section or a list: expected {ExpectedOf(property)}"));
        }
        else if (section.Value is { } value)
        {
            SetScalar(section, value, property, options);
        }
    }

    private void SetScalar(IConfigurationSection section, string text, PropertyInfo property, object options)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var value = Parse(property.Name, type, text);
        if (value is null)
        {
            Add(section, ExpectedOf(property));
            return;
        }

        try
        {
            property.SetValue(options, value);
        }
        catch (TargetInvocationException ex) when (ex.InnerException is ArgumentException refused)
        {
            Add(section, $"{ExpectedOf(property)}. {WithoutParameter(refused)}");
        }
    }

    private void SetRate(IConfigurationSection section, PropertyInfo property, object options)
    {
        if (!section.Exists())
        {
            return;
        }

        var mistakes = RateShape.MistakesIn(section).ToArray();
        if (mistakes.Length > 0)
        {
            errors.AddRange(mistakes);
            return;
        }

        if (section[nameof(MinDataRate.BytesPerSecond)] is not { } rate
            || section[nameof(MinDataRate.GracePeriod)] is not { } grace)
        {
            errors.Add(new SettingsError(
                section.Path, $"{section.Path} is incomplete: expected BytesPerSecond and GracePeriod, or off"));
            return;
        }

        try
        {
            property.SetValue(options, new MinDataRate(ParseValid<double>(rate), ParseValid<TimeSpan>(grace)));
        }
        catch (ArgumentException refused)
        {
            errors.Add(new SettingsError(
                section.Path,
                $"{section.Path} is {rate} bytes a second after {grace}: expected a rate. "
                + WithoutParameter(refused)));
        }
    }

    // The server checks these sizes at its start, and throws.
    private void AddTooSmallBuffer(IConfigurationSection section, KestrelServerLimits limits)
    {
        (string Name, int Size)[] parts =
        [
            (nameof(limits.MaxRequestLineSize), limits.MaxRequestLineSize),
            (nameof(limits.MaxRequestHeadersTotalSize), limits.MaxRequestHeadersTotalSize),
        ];
        errors.AddRange(
            from part in parts
            where limits.MaxRequestBufferSize < part.Size
            let key = $"{section.Path}:{part.Name}"
            select new SettingsError(
                key,
                $"{key} is {part.Size}: expected no more than {nameof(limits.MaxRequestBufferSize)}, which is "
                + $"{limits.MaxRequestBufferSize}"));
    }

    private void Add(IConfigurationSection section, string expected) =>
        errors.Add(new SettingsError(section.Path, $"{section.Path} is '{section.Value}': expected {expected}"));

    private static string ExpectedOf(PropertyInfo property)
    {
        var inner = Nullable.GetUnderlyingType(property.PropertyType);
        var type = inner ?? property.PropertyType;
        var described = IsSize(property.Name, type) ? ByteSize.Expected : SettingsScalar.Describe(type);
        return inner is null ? described : $"{described}, or off";
    }

    // RateShape has accepted the text.
    private static T ParseValid<T>(string text)
        where T : struct =>
        SettingsScalar.Parse(typeof(T), text) as T?
        ?? throw new UnreachableException($"'{text}' is no {typeof(T).Name}, and was accepted as one.");

    private static ValueShape ShapeOf(Type type) =>
        new(SettingsScalar.Describe(type), text => SettingsScalar.Parse(type, text) is not null);

    private static object? Parse(string name, Type type, string text) => !IsSize(name, type)
        ? SettingsScalar.Parse(type, text)
        : ByteSize.TryParse(text, out var size)
            ? Convert.ChangeType(size.Bytes, type, System.Globalization.CultureInfo.InvariantCulture)
            : SettingsScalar.Parse(type, text);

    private static bool IsSize(string name, Type type) =>
        name.EndsWith("Size", StringComparison.Ordinal) && (type == typeof(int) || type == typeof(long));

    private static PropertyInfo? Find(PropertyInfo[] properties, string name) => Array.Find(
        properties, property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    // Options that can be set in code only, such as encodings, have types that cannot be written as text.
    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is { IsPublic: true } && !property.IsDefined(typeof(ObsoleteAttribute))
        let value = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType
        where value == typeof(bool) || value == typeof(int) || value == typeof(long) || value == typeof(TimeSpan)
            || value == typeof(MinDataRate)
        select property;

    private static IEnumerable<PropertyInfo> SectionsOf(Type type) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.PropertyType == typeof(Http2Limits) || property.PropertyType == typeof(Http3Limits)
        select property;

    // Removes the end of the server's message: "… (Parameter 'value')", and a second line with the value.
    private static string WithoutParameter(ArgumentException refused) =>
        refused.Message.Split(" (Parameter", '\n')[0].TrimEnd();
}
