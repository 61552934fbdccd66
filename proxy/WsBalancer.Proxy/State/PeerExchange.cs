using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.State;

/// <summary>Says once a second what this balancer is, for as long as a lease, and hears what the others say.</summary>
internal sealed class PeerExchange(
    RedisLink link,
    Peers peers,
    StateStore store,
    BadRecords bad,
    BalancerName name,
    TimeProvider time,
    ILogger<PeerExchange> logger)
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
        if (_hasSpoken && (await ReadAsync(name.Id)).Lease is { } own && own.Instance == name.Instance)
        {
            await link.Database.KeyDeleteAsync(KeyOf(name.Id));
            await link.Database.SetRemoveAsync(Ids, name.Id);
        }
    }

    private async Task SpeakAsync()
    {
        // An earlier life of this balancer writes nothing any more; whoever does is another one.
        if (_hasSpoken && (await ReadAsync(name.Id)).Lease is { } found && found.Instance != name.Instance
            && !_hasToldOfTwin)
        {
            _hasToldOfTwin = true;
            StateLog.SameId(logger, name.Id);
        }

        var lease = new PeerLease(
            name.Instance,
            new PeerReport(name.Id, peers.Own(), store.Records.Digest, ProductVersion.Text));
        var json = JsonSerializer.Serialize(lease, PeerJsonContext.Default.PeerLease);
        await Task.WhenAll(
            link.Database.StringSetAsync(KeyOf(name.Id), json, Lease),
            link.Database.SetAddAsync(Ids, name.Id));
        _hasSpoken = true;
    }

    private async Task<List<PeerReport>> HearAsync()
    {
        var ids = (await link.Database.SetMembersAsync(Ids)).Select(id => id.ToString()).Where(id => id != name.Id);
        var heard = await Task.WhenAll(ids.Select(async id => (Id: id, Read: await ReadAsync(id))));
        foreach (var (id, _) in heard.Where(other => other.Read.IsGone))
        {
            // It says its id again with the next report, if there is one.
            await link.Database.SetRemoveAsync(Ids, id);
        }

        var damaged = heard.Where(other => other.Read.Mistake is not null).ToList();
        foreach (var (id, read) in damaged)
        {
            // A report is another one each second: what is wrong with it is what makes it worth another line.
            bad.Add(RecordSource.Reports, NameOf(id), null, read.Mistake!, read.Mistake!);
        }

        bad.Keep(RecordSource.Reports, damaged.Select(other => NameOf(other.Id)).ToHashSet());
        return [.. heard.Select(other => other.Read.Lease?.Report).OfType<PeerReport>()];
    }

    private async Task<ReadLease> ReadAsync(string id)
    {
        var json = await link.Database.StringGetAsync(KeyOf(id));
        if (json.IsNull)
        {
            return default;
        }

        try
        {
            var lease = JsonSerializer.Deserialize(json.ToString(), PeerJsonContext.Default.PeerLease)
                ?? throw new JsonException("null is not a report");
            return ReportForm.MistakeIn(id, lease) is { } mistake
                ? new ReadLease(null, mistake)
                : new ReadLease(lease, null);
        }
        catch (JsonException ex)
        {
            return new ReadLease(null, ex.Message);
        }
    }

    private string NameOf(string id) => $"The report of a balancer, key '{KeyOf(id)}' in Redis,";

    private RedisKey KeyOf(string id) => link.Key($"balancer:{id}");

    // A report, or why what is there is none.
    private readonly record struct ReadLease(PeerLease? Lease, string? Mistake)
    {
        public bool IsGone => Lease is null && Mistake is null;
    }
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
