namespace WsBalancer.Proxy.Tunnels;

/// <summary>Names one node of one cluster; node ids are unique only within their cluster.</summary>
internal readonly record struct NodeKey(string Cluster, string Id);
