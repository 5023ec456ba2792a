namespace QueueAdmission.Patience;

public sealed class KeyedPatienceTests
{
    private readonly KeyedPatience _keys = new();

    [Fact]
    public void Find_KeyWithoutAWastedJob_HasNoEntry() => Assert.Null(_keys.Find("a"));

    [Fact]
    public void Open_SameKey_IsTheSameEntry()
    {
        var entry = _keys.Open("a");

        Assert.Same(entry, _keys.Open("a"));
        Assert.Same(entry, _keys.Find(new string('a', 1)));
        Assert.Null(_keys.Find("b"));
        Assert.Null(_keys.Find(null));
    }

    [Fact]
    public void InventedKeys_DoNotGrowTheTable_AndLeaveThoseThatAct()
    {
        var acting = _keys.Open("honest");
        while (!acting.Learned.IsActing)
            acting.Learned.OnWasted(500, ++acting.Started, new QueuePace(1, 1_000, 1, 10));

        for (var i = 0; i < 20_000; i++)
            _keys.Open($"invented {i}").Learned.OnWasted(500, 1, new QueuePace(2 + i, 1_000, 1, 10));

        Assert.Equal(KeyedPatience.Rows * KeyedPatience.RowSize, _keys.All.Count());
        Assert.Same(acting, _keys.Find("honest"));
    }
}
