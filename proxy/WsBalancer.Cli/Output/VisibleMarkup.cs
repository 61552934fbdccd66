using Spectre.Console;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Output;

/// <summary>Text in the markup of the terminal library, with invisible characters escaped.</summary>
internal static class VisibleMarkup
{
    /// <summary>The text of <see cref="VisibleText"/>, in which the markup of the library is escaped.</summary>
    public static string Of(string text) => Markup.Escape(VisibleText.Of(text));
}
