using Microsoft.AspNetCore.Http;
using Prometheus;

namespace WsBalancer.BackendSample.Telemetry;

/// <summary>The metrics of a node, for Prometheus. Their values are read when they are scraped.</summary>
internal sealed class NodeMetrics
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly NodeStatsReader _reader;
    private readonly Gauge _connections;
    private readonly Gauge _users;
    private readonly Gauge _rooms;
    private readonly Gauge _devices;
    private readonly Gauge _queued;
    private readonly Counter _shed;
    private readonly Gauge _available;
    private readonly Gauge _channels;
    private readonly Counter _received;
    private readonly Counter _presenceWrites;
    private readonly Counter _presencePushes;

    public NodeMetrics(NodeStatsReader reader)
    {
        _reader = reader;
        DotNetStats.Register(_registry);
        var metrics = Metrics.WithCustomRegistry(_registry);
        _connections = metrics.CreateGauge("wsnode_connections", "Open connections.");
        _users = metrics.CreateGauge("wsnode_users", "Users with at least one open connection.");
        _rooms = metrics.CreateGauge("wsnode_rooms", "Rooms with at least one member on this node.");
        _devices = metrics.CreateGauge(
            "wsnode_device_connections", "Open connections of a type of device.", "device");
        _queued = metrics.CreateGauge(
            "wsnode_queued_bytes",
            "Bytes of messages that wait for clients, with 64 more for each message, and without echoes.");
        _shed = metrics.CreateCounter(
            "wsnode_shed_messages_total", "Messages that were dropped because a client read too slowly.", "priority");
        _available = metrics.CreateGauge("wsnode_bus_available", "1 if the bus works.", "bus");
        _channels = metrics.CreateGauge(
            "wsnode_bus_channels",
            "Channels with a member on this node, which it receives while the bus works.",
            "bus");
        _received = metrics.CreateCounter(
            "wsnode_bus_received_messages_total", "Messages that were received from the bus.", "bus");
        _presenceWrites = metrics.CreateCounter(
            "wsnode_presence_writes_total", "Changes of users in rooms that were published.");
        _presencePushes = metrics.CreateCounter(
            "wsnode_presence_pushes_total",
            "Messages about changes, each of which was sent to all members of a room on this node.");
        _registry.AddBeforeCollectCallback(Collect);
    }

    public Task WriteAsync(HttpResponse response, CancellationToken cancellation)
    {
        response.ContentType = ContentType;
        return _registry.CollectAndExportAsTextAsync(response.Body, cancellation);
    }

    private void Collect()
    {
        var stats = _reader.Read();
        _connections.Set(stats.Connections);
        _users.Set(stats.Users);
        _rooms.Set(stats.Rooms.Count);
        _queued.Set(stats.QueuedBytes);
        _available.WithLabels(stats.Bus.Kind).Set(stats.Bus.Available ? 1 : 0);
        _channels.WithLabels(stats.Bus.Kind).Set(stats.Bus.Channels);
        _received.WithLabels(stats.Bus.Kind).IncTo(stats.Bus.Received);
        _presenceWrites.IncTo(stats.Presence.Writes);
        _presencePushes.IncTo(stats.Presence.Pushes);
        foreach (var (priority, count) in stats.Shed)
        {
            _shed.WithLabels(priority).IncTo(count);
        }

        foreach (var former in _devices.GetAllLabelValues().Where(labels => !stats.Devices.ContainsKey(labels[0])))
        {
            _devices.RemoveLabelled(former);
        }

        foreach (var (device, count) in stats.Devices)
        {
            _devices.WithLabels(device).Set(count);
        }
    }
}
