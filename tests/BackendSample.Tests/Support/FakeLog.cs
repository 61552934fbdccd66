using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>Counts log entries by event name.</summary>
internal sealed class FakeLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string?> _events = new();

    public int Count(string eventName) => _events.Count(name => name == eventName);

    public void AddTo(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(this);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => _events.Enqueue(eventId.Name);

    public void Dispose()
    {
        // The log has no resources to dispose.
    }
}
