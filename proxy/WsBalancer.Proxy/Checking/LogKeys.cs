using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Checking;

/// <summary>The keys under <c>Logging</c>. The format of the log is fixed: one line each on standard error.</summary>
internal static class LogKeys
{
    private static readonly ValueShape Bool = Scalar.Of(typeof(bool));

    private static readonly SectionShape Levels = SectionShape.OfNames(Scalar.Of(typeof(LogLevel)));

    public static readonly KeyShape Shape = new SectionShape(
    [
        ("LogLevel", Levels),
        ("CaptureScopes", Bool),
        ("Console", new SectionShape(
        [
            ("LogLevel", Levels),
            ("FormatterOptions", new SectionShape([("IncludeScopes", Bool)])),
        ])),
    ]);
}
