using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>
/// A field that a body may have. The <see cref="DescriptionAttribute"/> of the property describes the expected value,
/// also in the OpenAPI document.
/// </summary>
internal sealed record BodyField(PropertyInfo Property)
{
    public string Name { get; } = JsonNamingPolicy.CamelCase.ConvertName(Property.Name);

    public string Expected { get; } = Property.GetCustomAttribute<DescriptionAttribute>()?.Description
        ?? throw new InvalidOperationException($"{Property.DeclaringType}.{Property.Name} has no description.");

    public bool IsRequired { get; } = Property.IsDefined(typeof(RequiredAttribute));

    /// <summary>The fields of a body, or of a part of it.</summary>
    public static IEnumerable<BodyField> Of(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.IsDefined(typeof(DescriptionAttribute)))
        .Select(property => new BodyField(property));
}
