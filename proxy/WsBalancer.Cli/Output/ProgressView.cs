using Spectre.Console;

namespace WsBalancer.Cli.Output;

/// <summary>Chooses how progress is shown: a bar on a terminal, lines elsewhere, nothing for a machine.</summary>
internal static class ProgressView
{
    public static IProgressView For(CommandOutput output, bool json) => (json, output.Terminal) switch
    {
        (true, _) => new NoView(),
        (_, { } terminal) => new BarView(terminal),
        _ => new LinesView(output.Writer),
    };

    private sealed class NoView : IProgressView
    {
        public Task<T> RunAsync<T>(Func<Action<ProgressPoint>, Task<T>> work) => work(_ => { });
    }

    /// <summary>Writes a line whenever the text of the progress has changed.</summary>
    private sealed class LinesView(TextWriter writer) : IProgressView
    {
        private string? _last;

        public Task<T> RunAsync<T>(Func<Action<ProgressPoint>, Task<T>> work) => work(point =>
        {
            if (point.Words != _last)
            {
                _last = point.Words;
                writer.WriteLine(point.Words);
            }
        });
    }

    private sealed class BarView(IAnsiConsole terminal) : IProgressView
    {
        private const double Whole = 100;

        public Task<T> RunAsync<T>(Func<Action<ProgressPoint>, Task<T>> work) => terminal.Progress()
            .Columns(
                new ProgressBarColumn(),
                new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context =>
            {
                var task = context.AddTask("…", maxValue: Whole);
                return work(point =>
                {
                    task.Description = VisibleMarkup.Of(point.Words);
                    task.Value = point.Done * Whole;
                });
            });
    }
}
