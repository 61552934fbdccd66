using System.Collections;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>Finds the required fields that a body does not have.</summary>
internal static class RequiredFields
{
    /// <returns>A sentence about the first such field; null if there is none.</returns>
    public static string? Missing(object body) => Missing(body, "");

    private static string? Missing(object body, string path)
    {
        foreach (var field in BodyField.Of(body.GetType()))
        {
            var name = path + field.Name;
            switch (field.Property.GetValue(body))
            {
                case null when field.IsRequired:
                    return $"'{name}' is missing: expected {field.Expected}.";
                case IList items when MissingIn(items, name) is { } missing:
                    return missing;
                default:
                    break;
            }
        }

        return null;
    }

    private static string? MissingIn(IList items, string path) => items.Cast<object?>()
        .Select((item, i) => item switch
        {
            null => $"'{path}[{i}]' is null: leave it out.",
            string => null,
            _ => Missing(item, $"{path}[{i}]."),
        })
        .FirstOrDefault(missing => missing is not null);
}
