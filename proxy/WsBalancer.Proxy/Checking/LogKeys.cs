using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Checking;

/// <summary>The keys under <c>Logging</c>. The log is on standard error, an entry a line.</summary>
internal static class LogKeys
{
    private static readonly ValueShape Bool = Scalar.Of(typeof(bool));

    private static readonly SectionShape Levels = SectionShape.OfNames(Scalar.Of(typeof(LogLevel)));

    private static readonly ValueShape Format = new(
        "simple or json",
        static text => text.Equals("simple", StringComparison.OrdinalIgnoreCase)
            || text.Equals("json", StringComparison.OrdinalIgnoreCase));

    public static readonly KeyShape Shape = new SectionShape(
    [
        ("LogLevel", Levels),
        ("CaptureScopes", Bool),
        ("Console", new SectionShape(
        [
            ("LogLevel", Levels),
            ("FormatterName", Format),
            ("FormatterOptions", new SectionShape([("IncludeScopes", Bool)])),
        ])),
    ]);
}
