using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.State;

/// <summary>Names of an enumeration as JSON has them, in camel case; never numbers.</summary>
internal sealed class StateNameConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, false)
    where T : struct, Enum;
