using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Settings;

/// <summary>
/// Reads sections of the configuration into immutable records. Strict: an unknown key or a value that cannot be read is
/// an error with the key, the value and what was expected. All errors are collected.
/// </summary>
/// <remarks>
/// The platform's binder ignores unknown keys, throws at the first mistake, and cannot read <c>10s</c>. A wrong setting
/// keeps its default, so that the rest can be checked; the records are valid only if no error was added.
/// </remarks>
internal sealed class SettingsReader(List<SettingsError> errors)
{
    /// <summary>Reads a section into a new record.</summary>
    /// <param name="section">The section; if it does not exist, the record has its defaults.</param>
    /// <param name="otherKeys">Keys in the section that are read elsewhere.</param>
    public T Read<T>(IConfigurationSection section, params string[] otherKeys)
        where T : class => (T)Read(typeof(T), section, otherKeys);

    /// <inheritdoc cref="Read{T}"/>
    public object Read(Type type, IConfigurationSection section, params string[] otherKeys)
    {
        var record = Activator.CreateInstance(type)!;
        if (section.Value is { } text)
        {
            Report(section.Path, text, SettingsProperty.HoldsSecrets(type), SettingsProperty.DescribeSection(type));
            return record;
        }

        var properties = SettingsProperty.Of(record);
        RefuseUnknownKeys(section, [.. properties.Select(property => property.Name), .. otherKeys]);
        var wrong = properties.Where(property => !TryRead(property, section.GetSection(property.Name))).ToArray();
        var isWhole = !wrong.Any(property => property is { IsRequired: true, Value: null });
        if (isWhole && record is IValidatableObject validatable)
        {
            Validate(validatable, section, properties, wrong);
        }

        return record;
    }

    private void RefuseUnknownKeys(IConfigurationSection section, string[] known)
    {
        errors.AddRange(section.GetChildren()
            .Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => SettingsError.UnknownKey(child, known)));
    }

    private bool TryRead(SettingsProperty property, IConfigurationSection section)
    {
        var before = errors.Count;
        if (property is { IsSection: true, IsList: true })
        {
            ReadSections(property, section);
        }
        else if (property.IsSection)
        {
            ReadSection(property, section);
        }
        else if (property.IsList)
        {
            ReadList(property, section);
        }
        else
        {
            ReadScalar(property, section);
        }

        var isEmpty = property.Value is null or "" or ICollection { Count: 0 };
        if (errors.Count == before && property.IsRequired && isEmpty)
        {
            errors.Add(new SettingsError(section.Path, $"{section.Path} is missing: expected {property.Expected}"));
        }

        return errors.Count == before;
    }

    private void ReadSection(SettingsProperty property, IConfigurationSection section)
    {
        // A missing section must be read if it has defaults: it may contain a required setting.
        if (property.Value is not null || section.Exists())
        {
            property.Value = Read(property.Type, section);
        }
    }

    private void ReadSections(SettingsProperty property, IConfigurationSection section)
    {
        var before = errors.Count;
        var items = section.GetChildren().ToArray();
        if (!string.IsNullOrEmpty(section.Value))
        {
            Report(section.Path, section.Value, property.IsSecret, property.Expected);
        }

        foreach (var item in items.Where(item => !int.TryParse(item.Key, CultureInfo.InvariantCulture, out _)))
        {
            errors.Add(new SettingsError(
                item.Path, $"{item.Path} is not an item of a list: expected {property.Expected}"));
        }

        // Configuration files give an empty array as an empty text.
        if (errors.Count == before && section.Exists())
        {
            property.Value = ListOf(property.Type, [.. items.Select(item => Read(property.Type, item))]);
        }
    }

    private void ReadScalar(SettingsProperty property, IConfigurationSection section)
    {
        if (section.GetChildren().Any())
        {
            errors.Add(new SettingsError(
                section.Path, $"{section.Path} is a section: expected {property.Expected}"));
        }
        else if (section.Value is { } text && TryParse(property, section.Path, text, out var value))
        {
            property.Value = value;
        }
    }

    private void ReadList(SettingsProperty property, IConfigurationSection section)
    {
        var items = section.GetChildren().ToArray();
        if (items.Length == 0)
        {
            ReadListOfOne(property, section);
            return;
        }

        // The file has an array and the environment has a text for the same key: it is not clear which one is meant.
        if (section.Value is not null)
        {
            errors.Add(new SettingsError(
                section.Path, $"{section.Path} is both a text and a list: expected {property.Expected}"));
            return;
        }

        var before = errors.Count;
        object?[] values = [.. items.Select(item => ReadItem(property, item))];
        if (errors.Count == before)
        {
            property.Value = ListOf(property.Type, values);
        }
    }

    private void ReadListOfOne(SettingsProperty property, IConfigurationSection section)
    {
        // Configuration files give an empty array as an empty text.
        if (section.Value is "")
        {
            property.Value = ListOf(property.Type);
        }
        else if (section.Value is { } text && TryParse(property, section.Path, text, out var value))
        {
            property.Value = ListOf(property.Type, value);
        }
    }

    private static Array ListOf(Type type, params object?[] values)
    {
        var list = Array.CreateInstance(type, values.Length);
        values.CopyTo(list, 0);
        return list;
    }

    private object? ReadItem(SettingsProperty property, IConfigurationSection item)
    {
        if (item.Value is not { } text || !int.TryParse(item.Key, CultureInfo.InvariantCulture, out _))
        {
            errors.Add(new SettingsError(
                item.Path, $"{item.Path} is not an item of a list: expected {property.Expected}"));
            return null;
        }

        return TryParse(property, item.Path, text, out var value) ? value : null;
    }

    private bool TryParse(SettingsProperty property, string key, string text, out object? value)
    {
        if (property.TryParse(text, out value))
        {
            return true;
        }

        Report(key, text, property.IsSecret, property.Expected);
        return false;
    }

    private void Report(string key, string text, bool isSecret, string expected)
    {
        var shown = isSecret ? $"{key} is wrong (its value is not shown)" : $"{key} is '{text}'";
        errors.Add(new SettingsError(key, $"{shown}: expected {expected}"));
    }

    // Checks rules between settings. A rule about a setting that has an error already is skipped: it would only repeat
    // the error.
    private void Validate(
        IValidatableObject record, IConfigurationSection section, SettingsProperty[] all, SettingsProperty[] wrong)
    {
        foreach (var result in record.Validate(new ValidationContext(record)))
        {
            string[] names = [.. result.MemberNames];
            if (wrong.Any(property => names.Length == 0 || names.Any(name => Concerns(property, name))))
            {
                continue;
            }

            var key = names.Length == 0 ? section.Path : $"{section.Path}:{names[0]}";
            var isSecret = names.Length > 0 && all.Any(property => property.IsSecret && Concerns(property, names[0]));
            var text = names.Length == 0 || isSecret ? null : section[names[0]];
            var message = result.ErrorMessage ?? "is not allowed";
            var isShown = text is null || message.Contains($"'{text}'", StringComparison.Ordinal);
            errors.Add(new SettingsError(key, isShown ? $"{key}: {message}" : $"{key} is '{text}': {message}"));
        }
    }

    // A member may be a path into the setting, as UserKey:0.
    private static bool Concerns(SettingsProperty property, string member) =>
        member.Split(':')[0].Equals(property.Name, StringComparison.OrdinalIgnoreCase);
}
