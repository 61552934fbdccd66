using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Finds keys that are in no set, with a scan of all keys. A scan may take long in a Redis with other data, so it runs
/// in the background and is followed by a pause of ten times its duration.
/// </summary>
internal sealed class KeyScan(RedisLink link, TimeProvider time, ILogger logger)
{
    private const int PageSize = 1_000;

    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(5);

    private Task<HashSet<string>> _scan = Task.FromResult<HashSet<string>>([]);
    private HashSet<string> _found = [];
    private long _restedAt;
    private TimeSpan _rest;
    private bool _hasBegun;
    private bool _isRefused;

    /// <summary>The keys that the last scan found; begins the next scan if the pause is over.</summary>
    public IReadOnlyCollection<string> Poll(string pattern)
    {
        if (!_scan.IsCompleted)
        {
            return _found;
        }

        if (_scan.IsCompletedSuccessfully)
        {
            (_found, _isRefused) = (_scan.Result, false);
        }
        else if (_scan.Exception?.InnerException is RedisServerException refusal && !_isRefused)
        {
            _isRefused = true;
            StateLog.ScanRefused(logger, link.Where, refusal.Message);
        }

        if (!_hasBegun || time.GetElapsedTime(_restedAt) >= _rest)
        {
            _hasBegun = true;
            (_restedAt, _rest) = (time.GetTimestamp(), ShortestRest);
            _scan = ScanAsync(pattern);
        }

        return _found;
    }

    private async Task<HashSet<string>> ScanAsync(string pattern)
    {
        var started = time.GetTimestamp();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var server in link.Primaries.ToList())
        {
            await foreach (var key in server.KeysAsync(link.Database.Database, pattern, PageSize))
            {
                found.Add(key.ToString());
            }
        }

        var took = time.GetElapsedTime(started);
        (_restedAt, _rest) = (time.GetTimestamp(), took * 10 > ShortestRest ? took * 10 : ShortestRest);
        return found;
    }
}
