using Spectre.Console;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Output;

/// <summary>Text in the markup of the terminal library, with what is invisible in it escaped.</summary>
internal static class VisibleMarkup
{
    /// <summary>The text of <see cref="VisibleText"/> as markup that has no markup in it.</summary>
    public static string Of(string text) => Markup.Escape(VisibleText.Of(text));
}
