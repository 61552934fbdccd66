namespace WsBalancer.Cli.Output;

/// <summary>Formats a JSON document in the form that the command line requests.</summary>
internal static class DocumentText
{
    /// <summary>The only document of the output: JSON byte for byte, or YAML; with a line feed at its end.</summary>
    public static string Of(string json, OutputForm form) =>
        form is OutputForm.Yaml ? YamlText.Of(json) : $"{json}\n";

    /// <summary>One of several documents: JSON as it is, on one line, or YAML after the separator <c>---</c>.</summary>
    public static string OneOf(string json, OutputForm form) =>
        form is OutputForm.Yaml ? $"---\n{YamlText.Of(json)}" : $"{json}\n";
}
