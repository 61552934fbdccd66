using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Demo.Display;

/// <summary>A bar for each node, in proportion to the number of its users.</summary>
internal static class NodeBars
{
    private const int Longest = 40;

    public static IRenderable Draw(DemoPicture picture)
    {
        var most = Math.Max(1, picture.Bars.Select(bar => bar.Users).DefaultIfEmpty().Max());
        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true });
        grid.AddColumn(new GridColumn { NoWrap = true });
        grid.AddColumn(new GridColumn { NoWrap = true, Alignment = Justify.Right });

        foreach (var (node, users) in picture.Bars)
        {
            var length = (int)Math.Ceiling((double)users * Longest / most);
            var colour = new Style(users > 0 ? Color.Green : Color.Grey);
            grid.AddRow(
                new Text(VisibleText.Of(node)),
                new Text(new string('█', length).PadRight(Longest, '·'), colour),
                new Text(users.ToString(CultureInfo.InvariantCulture)));
        }

        return new Panel(grid) { Header = new PanelHeader(" users on each node "), Border = BoxBorder.Rounded };
    }
}
