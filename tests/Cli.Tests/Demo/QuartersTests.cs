using WsBalancer.Cli.Demo.Chapters;

namespace WsBalancer.Cli.Tests.Demo;

public sealed class QuartersTests
{
    [Fact]
    public void EachQuarter_IsReportedOnce()
    {
        var reported = new List<string>();
        var quarters = new Quarters(reported.Add);

        foreach (var remaining in new[] { 8, 8, 7, 6, 5, 3, 1, 1, 0, 0 })
        {
            quarters.Show(remaining, 8, "remain");
        }

        Assert.Equal(["8 of 8 remain", "6 of 8 remain", "3 of 8 remain", "1 of 8 remain", "0 of 8 remain"], reported);
    }

    [Fact]
    public void OfNothing_NothingRemains()
    {
        var reported = new List<string>();

        new Quarters(reported.Add).Show(0, 0, "remain");

        Assert.Equal(["0 of 0 remain"], reported);
    }
}
