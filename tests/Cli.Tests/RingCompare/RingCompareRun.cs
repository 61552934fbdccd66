using System.CommandLine;
using WsBalancer.Cli.RingCompare;

namespace WsBalancer.Cli.Tests.RingCompare;

/// <summary>Runs the command with a clock that advances by one second per reading, without waiting.</summary>
internal static class RingCompareRun
{
    public static CommandRun Of(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var ring = RingCommand.Create(new SteadyClock(perGlance: TimeSpan.FromSeconds(1)));
        var code = ring.Parse(["compare", .. arguments]).Invoke(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
        });
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
