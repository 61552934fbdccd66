using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Writes the report of this balancer to Redis once a second, with a lease, and reads the reports of the others.
/// </summary>
internal sealed class PeerExchange(
    RedisLink link,
    PeerReports peers,
    ILocalReport local,
    StateStore store,
    BadRecords bad,
    BalancerName name,
    TimeProvider time,
    ILogger<PeerExchange> logger)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private long _receivedAt = time.GetTimestamp();
    private bool _hasReported;
    private bool _hasLoggedSameId;

    private RedisKey Ids => link.Key("balancers");

    /// <summary>Marks the other balancers as unknown until the first exchange.</summary>
    public void Begin() => peers.MarkUnknown();

    /// <exception cref="RedisException">Redis is not available, or refuses a command.</exception>
    public async Task ExchangeAsync()
    {
        try
        {
            await WriteReportAsync();
            peers.Update(await ReadReportsAsync());
            _receivedAt = time.GetTimestamp();
        }
        catch when (time.GetElapsedTime(_receivedAt) > Lease)
        {
            // No exchange within the lease: the last reports of the others are stale.
            peers.MarkUnknown();
            throw;
        }
    }

    /// <summary>Removes the report of this balancer, so that the others no longer count its tunnels.</summary>
    /// <exception cref="RedisException">Redis is not available, or refuses a command.</exception>
    public async Task LeaveAsync()
    {
        if (_hasReported && (await ReadAsync(name.Id)).Lease is { } own && own.Instance == name.Instance)
        {
            await link.Database.KeyDeleteAsync(KeyOf(name.Id));
            await link.Database.SetRemoveAsync(Ids, name.Id);
        }
    }

    private async Task WriteReportAsync()
    {
        // After our first report, a lease of another instance under our id means that two balancers share the id: an
        // earlier process of this balancer no longer writes.
        if (_hasReported && (await ReadAsync(name.Id)).Lease is { } found && found.Instance != name.Instance
            && !_hasLoggedSameId)
        {
            _hasLoggedSameId = true;
            StateLog.SameId(logger, name.Id);
        }

        var lease = new PeerLease(
            name.Instance,
            new PeerReport(name.Id, local.Read(), store.Records.Digest, ProductVersion.Text));
        var json = JsonSerializer.Serialize(lease, PeerJsonContext.Default.PeerLease);
        await Task.WhenAll(
            link.Database.StringSetAsync(KeyOf(name.Id), json, Lease),
            link.Database.SetAddAsync(Ids, name.Id));
        _hasReported = true;
    }

    private async Task<List<PeerReport>> ReadReportsAsync()
    {
        var ids = (await link.Database.SetMembersAsync(Ids)).Select(id => id.ToString()).Where(id => id != name.Id);
        var leases = await Task.WhenAll(ids.Select(async id => (Id: id, Read: await ReadAsync(id))));
        foreach (var (id, _) in leases.Where(other => other.Read.IsMissing))
        {
            // A balancer that still runs adds its id again with its next report.
            await link.Database.SetRemoveAsync(Ids, id);
        }

        var damaged = new HashSet<string>();
        foreach (var (id, read) in leases)
        {
            if (read.Mistake is { } mistake)
            {
                // The content of a report changes each second. The mistake is passed as the content, so that it is
                // logged once.
                bad.Add(RecordSource.Reports, NameOf(id), null, mistake, mistake);
                damaged.Add(NameOf(id));
            }
        }

        bad.Keep(RecordSource.Reports, damaged);
        return [.. leases.Select(other => other.Read.Lease?.Report).OfType<PeerReport>()];
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
            return ReportBounds.MistakeIn(id, lease) is { } mistake
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

    // A report, or the reason why the value is not one; neither if there is no value.
    private readonly record struct ReadLease(PeerLease? Lease, string? Mistake)
    {
        public bool IsMissing => Lease is null && Mistake is null;
    }
}

/// <summary>A report as it is written, with the id of the process: two balancers may share one id by mistake.</summary>
internal sealed record PeerLease(string Instance, PeerReport Report);

// Unknown properties are allowed: a later version of the program may write more.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PeerLease))]
[JsonSerializable(typeof(SentDisconnection))]
internal sealed partial class PeerJsonContext : JsonSerializerContext;
