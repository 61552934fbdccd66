namespace WsBalancer.Cli.Output;

/// <summary>A column of a <see cref="TextTable"/>; numbers stand at its right.</summary>
internal sealed record Column(string Title, bool IsNumber = false);
