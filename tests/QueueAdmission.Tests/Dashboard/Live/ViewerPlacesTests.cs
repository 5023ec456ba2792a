namespace QueueAdmission.Dashboard;

public class ViewerPlacesTests
{
    private readonly ViewerPlaces _places = new();

    [Fact]
    public void Address_WithItsShare_GetsNoMoreAndLeavesTheRestToOthers()
    {
        for (var i = 0; i < ViewerPlaces.MaxPerAddress; i++)
            Assert.Equal(ViewerAdmission.Admitted, _places.TryTake("proxy", null));

        Assert.Equal(ViewerAdmission.ClientLimit, _places.TryTake("proxy", null));
        Assert.Equal(ViewerAdmission.ClientLimit, _places.TryTake("proxy", "alice"));
        Assert.Equal(ViewerAdmission.Admitted, _places.TryTake("other", null));
    }

    [Fact]
    public void User_WithItsShareFromManyAddresses_GetsNoMore()
    {
        for (var i = 0; i < ViewerPlaces.MaxPerUser; i++)
            Assert.Equal(ViewerAdmission.Admitted, _places.TryTake($"address-{i}", "alice"));

        Assert.Equal(ViewerAdmission.ClientLimit, _places.TryTake("further", "alice"));
        Assert.Equal(ViewerAdmission.Admitted, _places.TryTake("further", "bob"));
        Assert.Equal(ViewerAdmission.Admitted, _places.TryTake("further", null));
    }

    [Fact]
    public void Places_AllTaken_AreFullForEveryClient()
    {
        for (var i = 0; i < ViewerPlaces.Max; i++)
            Assert.Equal(ViewerAdmission.Admitted, _places.TryTake($"address-{i % 10}", null));

        Assert.Equal(ViewerAdmission.Full, _places.TryTake("further", null));

        _places.Release("address-3", null);
        Assert.Equal(ViewerAdmission.Admitted, _places.TryTake("further", null));
        Assert.Equal(ViewerAdmission.Full, _places.TryTake("address-3", null));
    }

    [Fact]
    public void NoClient_CanTakeAllPlaces() =>
        Assert.True(
            ViewerPlaces.MaxPerAddress <= ViewerPlaces.Max / 2 && ViewerPlaces.MaxPerUser < ViewerPlaces.MaxPerAddress);

    [Fact]
    public void Release_GivesThePlaceBackToAddressAndUser()
    {
        for (var i = 0; i < ViewerPlaces.MaxPerUser; i++)
            _places.TryTake("home", "alice");

        _places.Release("home", "alice");

        Assert.Equal(ViewerPlaces.MaxPerUser - 1, _places.Count);
        Assert.Equal(ViewerAdmission.Admitted, _places.TryTake("home", "alice"));
        Assert.Equal(ViewerAdmission.ClientLimit, _places.TryTake("home", "alice"));
    }
}
