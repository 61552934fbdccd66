using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Cli.Demo.Chapters;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Demo.Display;

/// <summary>A live display that is drawn ten times a second: the nodes and their users, the step, the claims.</summary>
internal sealed class LiveScreen(IAnsiConsole console, TimeProvider time) : IDemoScreen
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<Chapter> _finished = [];
    private string _title = "";
    private string _step = "";
    private Func<DemoPicture> _look = () => new DemoPicture([]);

    /// <remarks>
    /// The display is cleared at the end: the report that follows contains all of it, and can be scrolled.
    /// </remarks>
    public Task<T> RunAsync<T>(Func<Task<T>> story) =>
        console.Live(Draw()).AutoClear(true).StartAsync(async context =>
        {
            var running = story();
            while (!running.IsCompleted)
            {
                context.UpdateTarget(Draw());
                await Task.WhenAny(running, Task.Delay(Frame, time, CancellationToken.None));
            }

            return await running;
        });

    public void BeginChapter(string title) => Change(() => (_title, _step) = (title, ""));

    public void Step(string what) => Change(() => _step = what);

    public void EndChapter(Chapter chapter) => Change(() =>
    {
        _finished.Add(chapter);
        (_title, _step) = ("", "");
    });

    public void Watch(Func<DemoPicture> look) => Change(() => _look = look);

    /// <summary>The current display.</summary>
    public IRenderable Draw()
    {
        lock (_lock)
        {
            var finished = _finished.SelectMany(DemoLines.Of).ToList();
            if (_title.Length > 0)
            {
                finished.Add(new Markup($"[bold]{VisibleMarkup.Of(_title)}[/]"));
            }

            var picture = _look();
            IEnumerable<IRenderable> bars = picture.Bars.Count > 0 ? [NodeBars.Draw(picture)] : [];
            return new Rows([.. bars, .. finished, new Markup($"[grey]… {VisibleMarkup.Of(_step)}[/]")]);
        }
    }

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
        }
    }
}
