using System.Runtime.Serialization;

namespace WsBalancer.Proxy.Sockets.ProxyProtocol;

/// <summary>Whether, and in which form, a connection to a node begins with a PROXY header.</summary>
internal enum ProxyProtocolVersion
{
    /// <summary>Without one.</summary>
    [EnumMember(Value = "off")]
    Off,

    /// <summary>A line of text.</summary>
    [EnumMember(Value = "v1")]
    V1,

    /// <summary>Binary.</summary>
    [EnumMember(Value = "v2")]
    V2,
}
