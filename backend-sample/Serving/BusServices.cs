using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Nats;
using WsBalancer.BackendSample.Redis;
using WsBalancer.BackendSample.Streams;

namespace WsBalancer.BackendSample.Serving;

/// <summary>The services that carry and store the messages of a node.</summary>
internal static class BusServices
{
    public static BusKind KindOf(NodeOptions options) => options switch
    {
        { Bus: { } bus } => bus,
        { Nats: not null } => BusKind.Nats,
        { Redis: not null } => BusKind.Redis,
        _ => BusKind.Local,
    };

    /// <summary>Whether there is a Redis, for the bus or for the stored messages of NATS.</summary>
    public static bool HasRedis(NodeOptions options) => KindOf(options) switch
    {
        BusKind.Local => false,
        BusKind.Nats => options.Redis is not null,
        _ => true,
    };

    /// <summary>The address of the embedded Redis; port 0 selects a free port.</summary>
    public static IPEndPoint EmbeddedEndpoint(NodeOptions options) =>
        options.Redis as IPEndPoint ?? new IPEndPoint(IPAddress.Loopback, 0);

    /// <summary>Adds the members of channels, the bus and the store.</summary>
    public static void Add(IServiceCollection services, NodeOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options.History);
        services.AddSingleton<Audience>();
        services.AddSingleton<Subscriptions>();
        switch (KindOf(options))
        {
            case BusKind.Local:
                services.AddSingleton<LocalStore>();
                services.AddSingleton<IMessageStore>(provider => provider.GetRequiredService<LocalStore>());
                services.AddSingleton<IMessageBus, LocalBus>();
                break;
            case BusKind.Nats:
                AddNats(services, options);
                break;
            case BusKind.RedisStreams:
                AddRedis<StreamBus>(services, options, StoredPublish.Stream);
                break;
            default:
                AddRedis<RedisBus>(services, options, StoredPublish.Channel);
                break;
        }
    }

    private static void AddRedis<TBus>(IServiceCollection services, NodeOptions options, StoredPublish publish)
        where TBus : class, IRedisBus
    {
        if (options.Bus is BusKind.Embedded)
        {
            var endpoint = EmbeddedEndpoint(options);
            services.AddSingleton(_ => EmbeddedRedis.Start(endpoint.Address, endpoint.Port));
        }

        AddStore(services, options, publish);
        services.AddSingleton<IMessageStore>(provider => provider.GetRequiredService<RedisStore>());
        services.AddSingleton<IRedisBus, TBus>();
        services.AddSingleton<IMessageBus>(provider => provider.GetRequiredService<IRedisBus>());
        services.AddHostedService<RedisWorker>();
    }

    private static void AddNats(IServiceCollection services, NodeOptions options)
    {
        if (options.Redis is null)
        {
            services.AddSingleton<IMessageStore, NoStore>();
        }
        else
        {
            AddStore(services, options, StoredPublish.None);
            services.AddSingleton<RelayedStore>();
            services.AddSingleton<IMessageStore>(provider => provider.GetRequiredService<RelayedStore>());
        }

        services.AddSingleton<NatsLink>();
        services.AddSingleton<IMessageBus, NatsBus>();
        services.AddHostedService<NatsWorker>();
    }

    private static void AddStore(IServiceCollection services, NodeOptions options, StoredPublish publish)
    {
        services.AddSingleton(publish);
        services.AddSingleton(provider => new RedisLink(
            provider.GetService<EmbeddedRedis>()?.Endpoint ?? options.Redis!,
            options.Name,
            provider.GetRequiredService<ILogger<RedisLink>>()));
        services.AddSingleton<RedisStore>();
    }
}
