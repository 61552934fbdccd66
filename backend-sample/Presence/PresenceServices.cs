namespace WsBalancer.BackendSample.Presence;

/// <summary>The services of presence.</summary>
internal static class PresenceServices
{
    /// <summary>Adds the services. Call it after the bus was added: its connection is made first.</summary>
    /// <param name="services">The services of the node.</param>
    /// <param name="hasRedis">Whether nodes share a Redis.</param>
    public static void AddTo(IServiceCollection services, bool hasRedis)
    {
        services.AddSingleton<LocalPresence>();
        services.AddSingleton<PresenceCounts>();
        services.AddSingleton<PresenceReader>();
        services.AddSingleton<PresenceAnswers>();
        if (hasRedis)
        {
            services.AddSingleton<PresenceLease>();
            services.AddSingleton<IPresenceStore, RedisPresenceStore>();
            services.AddHostedService<PresenceSweep>();
        }
        else
        {
            services.AddSingleton<IPresenceStore, EmptyPresenceStore>();
        }

        services.AddHostedService<PresenceWriter>();
        services.AddHostedService<PresencePushes>();
    }
}
