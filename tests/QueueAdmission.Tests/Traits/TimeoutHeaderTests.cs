namespace QueueAdmission.Traits;

public sealed class TimeoutHeaderTests
{
    [Theory]
    [InlineData("2H", 2 * TimeSpan.TicksPerHour)]
    [InlineData("3M", 3 * TimeSpan.TicksPerMinute)]
    [InlineData("10S", 10 * TimeSpan.TicksPerSecond)]
    [InlineData("250m", 250 * TimeSpan.TicksPerMillisecond)]
    [InlineData("5u", 50)]
    [InlineData("99999999n", 1_000_000)]
    [InlineData("1n", 1)]
    [InlineData("250", 250 * TimeSpan.TicksPerMillisecond)]
    [InlineData("86400S", TimeSpan.TicksPerDay)]
    [InlineData("00000001S", TimeSpan.TicksPerSecond)]
    public void Read_GoodValue_IsTheTime(string text, long ticks)
    {
        Assert.True(TimeoutHeader.TryRead(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("0S")]
    [InlineData("-1S")]
    [InlineData("-1")]
    [InlineData("infinite")]
    [InlineData("-00:00:00.0010000")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData("1s")]
    [InlineData("1h")]
    [InlineData("1 S")]
    [InlineData(" 1S")]
    [InlineData("1SS")]
    [InlineData("1ms")]
    [InlineData("123456789n")]
    [InlineData("99999999999999999999S")]
    [InlineData("86401S")]
    [InlineData("99999999H")]
    [InlineData("١S")]
    public void Read_OtherValue_IsNone(string text) => Assert.False(TimeoutHeader.TryRead(text, out _));
}
