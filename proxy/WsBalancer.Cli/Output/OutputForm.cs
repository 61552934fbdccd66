namespace WsBalancer.Cli.Output;

/// <summary>In which form a command writes what it has read.</summary>
internal enum OutputForm
{
    /// <summary>Lines and tables for a person; a table leaves out what the terminal is too narrow for.</summary>
    Lines,

    /// <summary>The same with every column of a table.</summary>
    Wide,

    /// <summary>The ids of what is listed, one a line.</summary>
    Names,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>The same document as YAML.</summary>
    Yaml,
}
