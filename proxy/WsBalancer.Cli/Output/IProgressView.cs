namespace WsBalancer.Cli.Output;

/// <summary>Shows the progress of work while it runs.</summary>
internal interface IProgressView
{
    /// <summary>Runs the work, which reports a point after each progress.</summary>
    public Task<T> RunAsync<T>(Func<Action<ProgressPoint>, Task<T>> work);
}

/// <summary>A state of the progress: 0…1, and in words.</summary>
internal readonly record struct ProgressPoint(double Done, string Words);
