namespace WsBalancer.Proxy;

/// <summary>Marks a setting of a class that may be <c>off</c>, which is null then.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MayBeOffAttribute : Attribute;
