using WebDemo;

namespace QueueAdmission.Samples;

public class VisitTests
{
    private static readonly RaceOptions Options = new();

    [Fact]
    public void Plan_SameSeed_IsTheSame()
    {
        Assert.Equal(Visit.Plan(Options), Visit.Plan(new RaceOptions()));
        Assert.NotEqual(Visit.Plan(Options), Visit.Plan(new RaceOptions { Seed = Options.Seed + 1 }));
    }

    [Fact]
    public void Plan_Always_IsInOrderAndWithinItsBounds()
    {
        var visits = Visit.Plan(Options);

        Assert.Equal(Enumerable.Range(0, 10_000), visits.Select(visit => visit.Customer));
        Assert.Equal(visits.Select(visit => visit.At).Order(), visits.Select(visit => visit.At));
        Assert.All(visits, visit => Assert.InRange(visit.At, TimeSpan.Zero, Options.Within));
        Assert.All(visits, visit => Assert.InRange(visit.Patience, Options.MinPatience, Options.MaxPatience));
    }
}
