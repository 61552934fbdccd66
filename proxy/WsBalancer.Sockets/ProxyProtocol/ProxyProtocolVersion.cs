using System.Runtime.Serialization;

namespace WsBalancer.Sockets.ProxyProtocol;

/// <summary>The form of the PROXY header.</summary>
internal enum ProxyProtocolVersion
{
    /// <summary>No header.</summary>
    [EnumMember(Value = "off")]
    Off,

    /// <summary>A line of text.</summary>
    [EnumMember(Value = "v1")]
    V1,

    /// <summary>Binary.</summary>
    [EnumMember(Value = "v2")]
    V2,
}
