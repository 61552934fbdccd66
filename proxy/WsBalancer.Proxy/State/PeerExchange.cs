using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>Says once a second what this balancer is, for as long as a lease, and hears what the others say.</summary>
internal sealed class PeerExchange(
    RedisLink link, Peers peers, BalancerName name, TimeProvider time, ILogger<PeerExchange> logger)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private long _heardAt = time.GetTimestamp();
    private bool _hasSpoken;
    private bool _hasToldOfTwin;

    private RedisKey Ids => link.Key("balancers");

    /// <summary>Until the first exchange nobody knows who else there is.</summary>
    public void Begin() => peers.Lost();

    /// <exception cref="RedisException">Redis is away, or refuses.</exception>
    public async Task ExchangeAsync()
    {
        try
        {
            await SpeakAsync();
            peers.Heard(await HearAsync());
            _heardAt = time.GetTimestamp();
        }
        catch when (time.GetElapsedTime(_heardAt) > Lease)
        {
            // What nobody can say again is no longer so.
            peers.Lost();
            throw;
        }
    }

    /// <summary>Takes leave, so that nobody counts this balancer's tunnels any more.</summary>
    /// <exception cref="RedisException">Redis is away, or refuses.</exception>
    public async Task LeaveAsync()
    {
        if (_hasSpoken && await ReadAsync(name.Id) is { } own && own.Instance == name.Instance)
        {
            await link.Database.KeyDeleteAsync(KeyOf(name.Id));
            await link.Database.SetRemoveAsync(Ids, name.Id);
        }
    }

    private async Task SpeakAsync()
    {
        // An earlier life of this balancer writes nothing any more; whoever does is another one.
        if (_hasSpoken && await ReadAsync(name.Id) is { } found && found.Instance != name.Instance && !_hasToldOfTwin)
        {
            _hasToldOfTwin = true;
            StateLog.SameId(logger, name.Id);
        }

        var lease = new PeerLease(name.Instance, new PeerReport(name.Id, peers.Own()));
        var json = JsonSerializer.Serialize(lease, PeerJsonContext.Default.PeerLease);
        await Task.WhenAll(
            link.Database.StringSetAsync(KeyOf(name.Id), json, Lease),
            link.Database.SetAddAsync(Ids, name.Id));
        _hasSpoken = true;
    }

    private async Task<List<PeerReport>> HearAsync()
    {
        var ids = (await link.Database.SetMembersAsync(Ids)).Select(id => id.ToString()).Where(id => id != name.Id);
        var heard = await Task.WhenAll(ids.Select(async id => (Id: id, Lease: await ReadAsync(id))));
        foreach (var (id, _) in heard.Where(other => other.Lease is null))
        {
            // It says its id again with the next report, if there is one.
            await link.Database.SetRemoveAsync(Ids, id);
        }

        return [.. heard.Select(other => other.Lease?.Report).OfType<PeerReport>()];
    }

    private async Task<PeerLease?> ReadAsync(string id)
    {
        var json = await link.Database.StringGetAsync(KeyOf(id));
        try
        {
            return json.IsNull ? null : JsonSerializer.Deserialize(json.ToString(), PeerJsonContext.Default.PeerLease);
        }
        catch (JsonException ex)
        {
            StateLog.BadPeer(logger, id, ex.Message);
            return null;
        }
    }

    private RedisKey KeyOf(string id) => link.Key($"balancer:{id}");
}

/// <summary>A report as it is written: with the process that wrote it, which its id may not tell.</summary>
internal sealed record PeerLease(string Instance, PeerReport Report);

// Not strict in what it does not know: a later program may say more.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PeerLease))]
[JsonSerializable(typeof(SentDisconnection))]
internal sealed partial class PeerJsonContext : JsonSerializerContext;
