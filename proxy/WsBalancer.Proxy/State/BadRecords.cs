using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The records from outside that are set aside, for the log and for operators: each is logged once for each content,
/// and listed until it is removed or valid. Thread-safe.
/// </summary>
internal sealed class BadRecords(TimeProvider time, ILogger<BadRecords> logger)
{
    // The limit for each source, so that many bad records fill neither memory nor log.
    private const int MaxListed = 100;

    private readonly Lock _changes = new();
    private readonly Dictionary<RecordSource, Dictionary<string, Listed>> _bySource = [];
    private readonly HashSet<RecordSource> _full = [];

    /// <summary>Every record that is set aside now; of each source at most 100.</summary>
    public IReadOnlyList<BadRecord> All
    {
        get
        {
            lock (_changes)
            {
                return [.. _bySource
                    .OrderBy(source => source.Key)
                    .SelectMany(source => source.Value.Values)
                    .Select(listed => listed.Record)];
            }
        }
    }

    /// <summary>Sets a record aside.</summary>
    /// <param name="source">Where the record was read.</param>
    /// <param name="name">The name of the record, unique in the source.</param>
    /// <param name="cluster">The cluster of the record; null if it cannot be read.</param>
    /// <param name="content">The record as it was read.</param>
    /// <param name="mistake">The mistake in the record.</param>
    public void Add(RecordSource source, string name, string? cluster, string content, string mistake)
    {
        var record = new BadRecord(
            source, RecordText.Of(name), cluster?.ToLowerInvariant(), RecordText.Of(mistake), time.GetUtcNow());
        if (TryList(source, name, new Listed(record, XxHash3.HashToUInt64(MemoryMarshal.AsBytes(content.AsSpan())))))
        {
            StateLog.SetAside(logger, record.Name, record.Mistake, RecordText.Of(content));
        }
    }

    /// <summary>Removes the records of a source that its latest read did not find bad.</summary>
    public void Keep(RecordSource source, IReadOnlySet<string> names)
    {
        lock (_changes)
        {
            if (!_bySource.TryGetValue(source, out var listed))
            {
                return;
            }

            foreach (var removed in listed.Keys.Where(name => !names.Contains(name)).ToList())
            {
                listed.Remove(removed);
                _full.Remove(source);
            }
        }
    }

    private bool TryList(RecordSource source, string name, Listed listed)
    {
        lock (_changes)
        {
            var known = CollectionsMarshal.GetValueRefOrAddDefault(_bySource, source, out _)
                ??= new(StringComparer.Ordinal);
            if (known.TryGetValue(name, out var before))
            {
                if (before.Hash == listed.Hash)
                {
                    return false;
                }
            }
            else if (known.Count >= MaxListed)
            {
                if (_full.Add(source))
                {
                    StateLog.ManySetAside(logger, MaxListed, $"{source}");
                }

                return false;
            }

            known[name] = listed;
            return true;
        }
    }

    private sealed record Listed(BadRecord Record, ulong Hash);
}
