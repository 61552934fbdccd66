namespace WsBalancer.Proxy.Settings;

/// <summary>Marks a setting whose value never appears in a message.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
