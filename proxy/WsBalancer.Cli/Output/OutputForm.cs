namespace WsBalancer.Cli.Output;

/// <summary>The form in which a command writes an answer.</summary>
internal enum OutputForm
{
    /// <summary>
    /// Lines and tables for a person; a table omits the columns for which the terminal is too narrow.
    /// </summary>
    Lines,

    /// <summary>Lines and tables for a person; a table has all its columns.</summary>
    Wide,

    /// <summary>The ids of what is listed, one a line.</summary>
    Names,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>The same document as YAML.</summary>
    Yaml,
}
