using System.Globalization;

namespace WsBalancer.Faults.Tests;

/// <summary>
/// The results of the fault tests, one row each, in <c>artifacts/faults/NAME.md</c>: the rows of the tables in
/// <c>proxy/RELIABILITY.md</c>.
/// </summary>
internal static class FaultReport
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "../../../faults");

    /// <summary>Writes the row of a test.</summary>
    /// <param name="fault">The fault, and the engine on which it was tested.</param>
    /// <param name="seen">The effect that users see.</param>
    /// <param name="lost">The data that is lost.</param>
    /// <param name="healed">The time until everything was as before.</param>
    /// <param name="output">The output of the test.</param>
    public static void Add(string fault, string seen, string lost, TimeSpan healed, ITestOutputHelper output)
    {
        var row = string.Create(
            CultureInfo.InvariantCulture, $"| {fault} | {seen} | {lost} | {healed.TotalSeconds:0.0} s |");
        output.WriteLine(row);
        Write(string.Concat(fault.Select(static sign => char.IsAsciiLetterOrDigit(sign) ? sign : '-')), row + "\n");
    }

    /// <summary>Writes a report of several lines.</summary>
    public static void Write(string name, string text)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, name + ".md"), text);
    }
}
