namespace WsBalancer.Cli.Output;

/// <summary>Shows how far something is while it goes on.</summary>
internal interface IProgressView
{
    /// <summary>Does the work, which shows a point whenever it knows more.</summary>
    public Task<T> RunAsync<T>(Func<Action<ProgressPoint>, Task<T>> work);
}

/// <summary>How far something is: 0…1, and in words.</summary>
internal readonly record struct ProgressPoint(double Done, string Words);
