namespace QueueAdmission.Options;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("00:00:00.0010000", "365.00:00:00", "00:00:00.001 to 365.00:00:00")]
    [InlineData("00:00:01", "1.00:00:00.5000000", "00:00:01 to 1.00:00:00.5")]
    public void Range_ShowsDaysAndFractionsWithoutTrailingZeros(string min, string max, string expected)
    {
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        var values = SettingValues.Duration(TimeSpan.Parse(min, invariant), TimeSpan.Parse(max, invariant));

        Assert.Equal(expected, values.Range);
    }
}
