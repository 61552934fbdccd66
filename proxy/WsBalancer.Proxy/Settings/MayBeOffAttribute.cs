namespace WsBalancer.Proxy.Settings;

/// <summary>Marks a setting of a reference type that may be <c>off</c>; its value is null then.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MayBeOffAttribute : Attribute;
