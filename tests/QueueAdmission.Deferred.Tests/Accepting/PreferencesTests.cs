using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred.Accepting;

public sealed class PreferencesTests
{
    [Theory]
    [InlineData("respond-async", true, null)]
    [InlineData("Respond-Async, WAIT=5", true, 5)]
    [InlineData("wait=5 , respond-async", true, 5)]
    [InlineData("respond-async, wait=0", true, 0)]
    [InlineData("respond-async; wait=5", true, null)]
    [InlineData("respond-async; x=\"a,wait=9\", wait=5", true, 5)]
    [InlineData("return=minimal, respond-async, wait = \"7\"", true, 7)]
    [InlineData("note=\"respond-async, wait=9\"", false, null)]
    [InlineData("note=\"a\\\", respond-async\", wait=1", false, 1)]
    [InlineData("respond-async=\"\"", true, null)]
    [InlineData("wait=5", false, 5)]
    [InlineData("", false, null)]
    public void Read_GivesWhatTheClientAsksFor(string header, bool respondAsync, int? wait) =>
        Assert.Equal(Expected(respondAsync, wait), Preferences.Read(header));

    [Theory]
    [InlineData("respond-async=false", false, null)]
    [InlineData("respond-async, wait", true, null)]
    [InlineData("respond-async, wait=", true, null)]
    [InlineData("respond-async, wait=-1", true, null)]
    [InlineData("respond-async, wait=1.5", true, null)]
    [InlineData("respond-async, wait=soon", true, null)]
    [InlineData("respond-async, wait=5 s", true, null)]
    [InlineData("@, =, respond-async, wait=5", true, 5)]
    [InlineData("wait=\"5, respond-async", false, null)]
    [InlineData("respond-async \"x\"", false, null)]
    [InlineData(",,respond-async,,", true, null)]
    public void Read_IgnoresWhatCannotBeRead(string header, bool respondAsync, int? wait) =>
        Assert.Equal(Expected(respondAsync, wait), Preferences.Read(header));

    [Theory]
    [InlineData("respond-async, wait=3, wait=5", true, 3)]
    [InlineData("respond-async, wait=x, wait=5", true, null)]
    [InlineData("respond-async=no, respond-async", false, null)]
    public void Read_SeveralTimes_TakesTheFirst(string header, bool respondAsync, int? wait) =>
        Assert.Equal(Expected(respondAsync, wait), Preferences.Read(header));

    [Fact]
    public void Read_SeveralHeaders_AreOneList()
    {
        var read = Preferences.Read(new StringValues(["return=minimal", "wait=3", "respond-async, wait=5"]));

        Assert.Equal(Expected(respondAsync: true, 3), read);
    }

    [Fact]
    public void Read_NumberBeyondAllLimits_IsALongTime()
    {
        var read = Preferences.Read("respond-async, wait=99999999999999999999");

        Assert.True(read.Wait > TimeSpan.FromDays(365));
    }

    [Theory]
    [InlineData(true, null, "respond-async")]
    [InlineData(true, 5, "respond-async, wait=5")]
    [InlineData(false, 5, "wait=5")]
    [InlineData(false, null, null)]
    public void Applied_NamesWhatDecided(bool respondAsync, int? wait, string? expected) =>
        Assert.Equal(expected, Preferences.Applied(respondAsync, Expected(respondAsync, wait).Wait));

    private static Preferences Expected(bool respondAsync, int? wait) =>
        new(respondAsync, wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
}
