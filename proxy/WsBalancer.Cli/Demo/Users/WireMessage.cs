namespace WsBalancer.Cli.Demo.Users;

/// <summary>What a sample node and its clients say to each other; each type uses some of the fields.</summary>
internal sealed record WireMessage(
    string Type,
    string? Node = null,
    string? User = null,
    string? From = null,
    string? To = null,
    string? Data = null)
{
    public const string Welcome = "welcome";
    public const string Direct = "direct";
}
