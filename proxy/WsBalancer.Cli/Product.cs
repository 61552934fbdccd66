namespace WsBalancer.Cli;

/// <summary>The program as its users know it.</summary>
internal static class Product
{
    /// <summary>The name that is typed to start the program.</summary>
    public const string Name = "wsbalancer";
}
